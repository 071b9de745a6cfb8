package import Input
import JSON
import Text

extension Rule<String> {
    /// A name for people: 1–200 characters without control characters.
    package static var name: Rule { text(1...200) }

    /// The id of an offer or affiliate that is created or changed. `*` is refused, since it stands for all of them
    /// elsewhere.
    package static var chosenID: Rule {
        identifier.parsed(placeholder: "", schema: ["not": star]) { id throws(Invalid) in
            guard id != "*" else { throw Invalid("must not be \"*\", which stands for all of them") }
            return id
        }
    }

    /// The JSON Schema of the text that stands for all offers or affiliates.
    static var star: JSON {
        ["type": "string", "pattern": .string("^[\(WhiteSpace.pattern)]*[*][\(WhiteSpace.pattern)]*$")]
    }
}
