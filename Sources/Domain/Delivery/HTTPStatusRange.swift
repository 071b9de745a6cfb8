package import Input
import JSON

/// The HTTP statuses that a filter selects: one of them, or all of a class.
package struct HTTPStatusRange: Sendable, Hashable {
    package let statuses: ClosedRange<Int>

    /// Reads a class, such as `5xx`, or a number from 100 to 599. Nil for anything else.
    package init?(_ text: String) {
        if let first = HTTPStatusRange.classes.first(where: { $0 == text })?.first?.wholeNumberValue {
            statuses = first * 100...first * 100 + 99
        } else {
            guard text.utf8.count == 3, let status = Int(text), HTTPStatusRange.all.contains(status) else { return nil }
            statuses = status...status
        }
    }

    fileprivate static let classes = ["2xx", "3xx", "4xx", "5xx"]
    fileprivate static let all = 100...599
    fileprivate static let placeholder = HTTPStatusRange(all)

    private init(_ statuses: ClosedRange<Int>) { self.statuses = statuses }
}

extension Rule<HTTPStatusRange> {
    /// A class as text, or a status as a number or text.
    package static var httpStatusRange: Rule {
        let all = HTTPStatusRange.all
        func schema() -> JSON {
            [
                "title": #""2xx", "3xx", "4xx", "5xx", or a whole number from 100 to 599"#,
                "anyOf": [
                    ["enum": .array(HTTPStatusRange.classes.map(JSON.string))],
                    ["type": "string", "pattern": "^[1-5][0-9][0-9]$"],
                    ["type": "integer", "minimum": .integer(all.lowerBound), "maximum": .integer(all.upperBound)],
                ],
            ]
        }
        return Rule(schema: schema(), placeholder: .placeholder, blank: .emptyText) { json, path, faults in
            switch json {
            case .string(let text), .number(let text):
                if let range = HTTPStatusRange(text) { return range }
                let given = if case .string = json { "\"\(text.prefix(48))\"" } else { "\(text.prefix(48))" }
                faults.append(Fault(path, "\(expected), not \(given)"))
            default: faults.append(Fault(path, "\(expected), not \(json.kind)"))
            }
            return nil
        }
    }

    private static var expected: String {
        let classes = HTTPStatusRange.classes.map { "\"\($0)\"" }.joined(separator: ", ")
        let all = HTTPStatusRange.all
        return "must be one of \(classes), or a whole number from \(all.lowerBound) to \(all.upperBound)"
    }
}
