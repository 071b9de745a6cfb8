import Input
import JSON

extension Rule {
    /// The same rule, which also requires that at least one member of the object has a value. `message` is the fault of
    /// an object without one. The members in `ignored` do not count.
    func notEmpty(_ message: String, ignoring ignored: [String] = [], _ isEmpty: @escaping (Value) -> Bool) -> Rule {
        func schema() -> JSON {
            let names = (self.schema["properties"] ?? .null).members.map(\.name).filter { !ignored.contains($0) }
            return [
                "anyOf": .array(
                    names.map { name in
                        [
                            "required": [.string(name)],
                            "properties": .object([JSON.Member(name, ["not": ["type": "null"]])]),
                        ]
                    })
            ]
        }
        return parsed(placeholder: placeholder, schema: schema()) { value throws(Invalid) in
            guard !isEmpty(value) else { throw Invalid(message) }
            return value
        }
    }
}
