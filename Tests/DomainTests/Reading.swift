import Input
import JSON

/// The faults that a rule finds, as `field message`.
struct Faults: Error {
    let lines: [String]
}

/// Reads JSON text by a rule, at the path `value`.
func read<Value>(_ rule: Rule<Value>, _ text: String) -> Result<Value, Faults> {
    var faults: [Fault] = []
    guard let json = try? JSON(parsing: Array(text.utf8)) else { return .failure(Faults(lines: ["not JSON"])) }
    let value = rule.read(json, Path.root.member("value"), &faults)
    if let value, faults.isEmpty { return .success(value) }
    return .failure(Faults(lines: faults.map { "\($0.field) \($0.message)" }))
}

/// The faults of reading it; empty when there are none.
func faults<Value>(_ rule: Rule<Value>, _ text: String) -> [String] {
    switch read(rule, text) {
    case .success: []
    case .failure(let faults): faults.lines
    }
}
