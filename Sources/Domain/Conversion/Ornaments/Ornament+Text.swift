package import Input
import JSON
import Text

extension Ornament<String> {
    /// A country's two letters (ISO 3166-1 alpha-2), kept as they are written.
    package static var country: Ornament {
        Ornament(.country, "A country's two letters.") { json in
            guard let text = json.text else { return nil }
            let country = text.withoutWhiteSpaceAtEnds
            var faults: [Fault] = []
            return Rule<String>.country.read(.string(country), .root, &faults).map {
                ($0, "was \(quoted(text)); the white space at its ends is cut off")
            }
        }
    }

    package static var statusReason: Ornament { text(upTo: 1024) }

    package static var userAgent: Ornament { text(upTo: 8192) }

    /// Text for people of at most `limit` Unicode scalars; longer text is cut.
    private static func text(upTo limit: Int) -> Ornament {
        Ornament(.text(0...limit, controlCharacters: true), "At most \(limit) characters; a longer text is cut.") {
            json in
            switch json {
            case .string(let text):
                (String(text.unicodeScalars.prefix(limit)), "had more than \(limit) characters and was cut there")
            case .number, .bool: literal(json)
            default: nil
            }
        }
    }

    /// Any text, as a snapshot keeps it.
    package static var stored: Ornament {
        Ornament(.text(0...Int.max, controlCharacters: true), "Any text.") { json in literal(json) }
    }

    /// Reads a number or boolean as its JSON text.
    static func literal(_ json: JSON) -> (value: String, change: String)? {
        switch json {
        case .number(let text): (text, "was a number and is used as the text \(quoted(text))")
        case .bool(let value): ("\(value)", "was a boolean and is used as the text \"\(value)\"")
        default: nil
        }
    }

    /// Quotes the beginning of a text for a message.
    static func quoted(_ text: String) -> String { "\"\(String(text.unicodeScalars.prefix(64)))\"" }
}
