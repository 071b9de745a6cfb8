package import Input
import JSON

extension Ornament<[(name: String, value: String)]> {
    /// A conversion's own parameters: at most 64. A number or boolean is taken as its JSON text.
    package static var conversionParams: Ornament {
        Ornament(schema: Rule.conversionParams.schema, "At most 64 names, each with a text.") { json, path, warnings in
            guard case .object(let members) = json else {
                warnings.append(FieldWarning(path, .leftOut, "must be an object, not \(json.kind); it is left out"))
                return nil
            }
            if members.count > limit {
                let message = "must have at most \(limit) members, not \(members.count); the others are left out"
                warnings.append(FieldWarning(path, .leftOut, message))
            }
            return members.prefix(limit).compactMap { param($0, path, &warnings) }
        }
    }

    private static var limit: Int { 64 }

    private static func param(
        _ member: JSON.Member, _ path: Path, _ warnings: inout [FieldWarning]
    ) -> (name: String, value: String)? {
        var faults: [Fault] = []
        let place = path.member(String(member.name.unicodeScalars.prefix(64)))
        guard let name = Rule<String>.paramName.read(.string(member.name), place, &faults) else {
            warnings.append(FieldWarning(place, .leftOut, "\(faults.first?.message ?? ""); it is left out"))
            return nil
        }
        if let text = member.value.text { return (name, text) }
        guard let (text, change) = Ornament<String>.literal(member.value) else {
            let message = "must be a string, not \(member.value.kind); it is left out"
            warnings.append(FieldWarning(place, .leftOut, message))
            return nil
        }
        warnings.append(FieldWarning(place, .adjusted, change))
        return (name, text)
    }
}
