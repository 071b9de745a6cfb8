import JSON

extension Rule {
    /// A list whose items follow one rule.
    package static func list<Item>(of item: Rule<Item>, count: ClosedRange<Int>) -> Rule where Value == [Item] {
        func schema() -> JSON {
            [
                "type": "array", "items": item.schema, "minItems": .integer(count.lowerBound),
                "maxItems": .integer(count.upperBound),
            ]
        }
        return Rule(schema: schema(), placeholder: []) { json, path, faults in
            guard case .array(let items) = json else {
                faults.append(Fault(path, "must be a list, not \(json.kind)"))
                return nil
            }
            guard count.contains(items.count) else {
                faults.append(
                    Fault(path, "must have from \(count.lowerBound) to \(count.upperBound) items, not \(items.count)"))
                return nil
            }
            let before = faults.count
            let values = items.enumerated().compactMap { item.read($1, path.item($0), &faults) }
            return faults.count > before ? nil : values
        }
    }

    /// An object with any member names, whose values follow one rule. The order of the members is kept.
    package static func map<Item>(
        of item: Rule<Item>, names: Rule<String>, count: ClosedRange<Int>
    ) -> Rule where Value == [(name: String, value: Item)] {
        func schema() -> JSON {
            [
                "type": "object", "propertyNames": names.schema, "additionalProperties": item.schema,
                "minProperties": .integer(count.lowerBound), "maxProperties": .integer(count.upperBound),
            ]
        }
        return Rule(schema: schema(), placeholder: []) { json, path, faults in
            guard case .object(let members) = json else {
                faults.append(Fault(path, "must be an object, not \(json.kind)"))
                return nil
            }
            guard count.contains(members.count) else {
                faults.append(Fault(path, "must have at most \(count.upperBound) members, not \(members.count)"))
                return nil
            }
            let before = faults.count
            var values: Value = []
            for member in members {
                let place = path.member(member.name)
                let name = names.read(.string(member.name), place, &faults)
                if let value = item.read(member.value, place, &faults), let name { values.append((name, value)) }
            }
            return faults.count > before ? nil : values
        }
    }

    /// An object with declared fields. `quotesUnknown` says whether a fault names an unknown member; false where it may
    /// be a secret.
    package static func object(quotesUnknown: Bool = true, _ read: @escaping (inout Fields) -> Value) -> Rule {
        func described() -> (placeholder: Value, schema: JSON) {
            var description = Fields.describing()
            let placeholder = read(&description)
            return (placeholder, description.schema)
        }
        return Rule(schema: described().schema, placeholder: described().placeholder) { json, path, faults in
            guard case .object(let members) = json else {
                faults.append(Fault(path, "must be an object, not \(json.kind)"))
                return nil
            }
            var fields = Fields(members, at: path)
            let value = read(&fields)
            fields.refuseUnknown(quotes: quotesUnknown)
            faults.append(contentsOf: fields.faults)
            return fields.faults.isEmpty ? value : nil
        }
    }
}
