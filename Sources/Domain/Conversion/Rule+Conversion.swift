package import Input
import JSON
import Text

extension Rule<String> {
    /// A transaction's or click's id as a tracker made it: 1–4,096 characters without control characters, or an integer.
    package static var trackingID: Rule { id(upTo: 4096) }

    /// A currency's code, kept as it is written. Codes that are not in ISO 4217 are accepted as well.
    package static var currency: Rule {
        ascii(3...10, digits: true, example: "USD", "3 to 10 letters or digits")
    }

    /// A country's two letters (ISO 3166-1 alpha-2), kept as they are written.
    package static var country: Rule { ascii(2...2, digits: false, example: "DE", "two letters") }

    private static func ascii(_ length: ClosedRange<Int>, digits: Bool, example: String, _ words: String) -> Rule {
        let pattern = "^[A-Za-z\(digits ? "0-9" : "")]{\(length.lowerBound),\(length.upperBound)}$"
        return Rule(
            schema: ["title": .string(words), "type": "string", "pattern": .string(pattern)], placeholder: "",
            blank: .emptyText
        ) { json, path, faults in
            if let text = json.text, length.contains(text.utf8.count),
                text.utf8.allSatisfy({ $0.isLetter || digits && $0.isDigit })
            {
                return text
            }
            let given = json.text.map { "\"\(String($0.unicodeScalars.prefix(48)))\"" } ?? json.kind
            faults.append(Fault(path, "must be \(words), such as \"\(example)\", not \(given)"))
            return nil
        }
    }

    /// A name in a conversion's `params` that `{params.NAME}` can contain.
    package static var paramName: Rule {
        let pattern = "^[A-Za-z0-9_.-]{1,64}$"
        return Rule(schema: ["type": "string", "pattern": .string(pattern)], placeholder: "") { json, path, faults in
            if let name = json.text, Macro.isParamName(name) { return name }
            faults.append(Fault(path, "has a name that is not 1 to 64 of A-Z a-z 0-9 _ . -"))
            return nil
        }
    }
}

extension Rule<[(name: String, value: String)]> {
    /// A conversion's own parameters: at most 64, with values of any characters.
    package static var conversionParams: Rule {
        map(of: Rule<String>.text(0...Int.max, controlCharacters: true), names: .paramName, count: 0...64)
    }
}
