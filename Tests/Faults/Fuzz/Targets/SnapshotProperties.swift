import Domain
import Input
import JSON

@testable import deliverPostback

/// Each text that the reader of one pass accepts is read by the general reader as the same value, without a fault.
func checkSnapshot(_ bytes: [UInt8]) throws(Violation) {
    if let event = read(bytes, { $0.event() }) {
        try require(Rule.event.described(bytes) == describe(event), "both readers read the same event")
    }
    if let conversion = read(bytes, { $0.conversion() }) {
        try require(Rule.conversion.described(bytes) == describe(conversion), "both readers read the same conversion")
    }
    if let call = DeliverPostback.Input.reading(line: bytes) {
        let line = try? JSON(parsing: bytes, depth: JSON.depthLimit + 1)
        try require(line?.members.map(\.name).sorted() == ["id", "input"], "a line has an id and an input")
        try require(line?["id"] == call.id, "both readers read the same id")
        var fields = Fields(line?["input"]?.members ?? [])
        let input = DeliverPostback.Input(&fields)
        fields.refuseUnknown()
        try require(
            fields.faults.isEmpty && describe(input) == describe(call.input), "both readers read the same input")
    }
}

private func read<Value>(_ bytes: [UInt8], _ read: (inout JSONCursor) -> Value?) -> Value? {
    guard var cursor = JSONCursor(bytes), let value = read(&cursor), cursor.isAtEnd else { return nil }
    return value
}

extension Rule {
    /// A description of the value that the rule reads; nil for bytes that it does not accept.
    fileprivate func described(_ bytes: [UInt8]) -> String? {
        guard let json = try? JSON(parsing: bytes) else { return nil }
        var faults: [Fault] = []
        guard let value = read(json, .root, &faults), faults.isEmpty else { return nil }
        return describe(value)
    }
}

/// All of a value, in which canonically equivalent texts differ.
private func describe(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text.unicodeScalars.map { $0.isASCII ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
}
