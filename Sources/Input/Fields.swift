package import JSON

/// The fields of one JSON object, read by name. One description in code serves three purposes: it reads the object, it
/// lists the fields that exist (an unknown one is refused with the nearest right name), and it yields the JSON Schema.
package struct Fields {
    /// The faults found so far.
    package private(set) var faults: [Fault] = []
    /// Warnings of the fields that were corrected or left out so far.
    package private(set) var warnings: [FieldWarning] = []

    private let members: [JSON.Member]
    private let path: Path
    private let isDescription: Bool
    private var declared: [Declared] = []
    private var alternatives: [Alternative] = []
    private var exclusions: [JSON] = []
    private struct Declared {
        let name: String
        let schema: JSON
        let isRequired: Bool
        let blank: Blank
    }

    /// `path` is the path of the object in the input.
    package init(_ members: [JSON.Member], at path: Path = .root) {
        self.members = members
        self.path = path
        isDescription = false
    }

    private init() {
        members = []
        path = .root
        isDescription = true
    }

    /// Fields that are only described: reading them yields placeholders and no faults.
    package static func describing() -> Fields { Fields() }

    /// Reads a field that must be there. After a fault it returns the rule's placeholder. `meaning` is one or two
    /// sentences for people; if it is nil, the field gets the description that fields of this name have in every
    /// function.
    package mutating func required<Value>(_ name: String, _ rule: Rule<Value>, _ meaning: String? = nil) -> Value {
        declare(name, rule.schema, isRequired: true, meaning: meaning)
        guard let json = given(name) else {
            if !isDescription { faults.append(Fault(path.member(name), "is missing")) }
            return rule.placeholder
        }
        return rule.read(json, path.member(name), &faults) ?? rule.placeholder
    }

    /// Reads a field that may be left out. Null counts as left out, and so does `""` where the text cannot be empty.
    package mutating func optional<Value>(_ name: String, _ rule: Rule<Value>, _ meaning: String? = nil) -> Value? {
        declare(name, rule.optionalSchema, isRequired: false, blank: rule.blank, meaning: meaning)
        return value(of: name, rule)
    }

    /// Reads a field that may be left out and then has a default.
    package mutating func optional<Value>(
        _ name: String, _ rule: Rule<Value>, default value: Value, _ meaning: String? = nil
    ) -> Value {
        var schema: JSON {
            JSON(plain: value).map { rule.optionalSchema.merging(["default": $0]) } ?? rule.optionalSchema
        }
        declare(name, schema, isRequired: false, blank: rule.blank, meaning: meaning)
        return self.value(of: name, rule) ?? value
    }

    private mutating func value<Value>(of name: String, _ rule: Rule<Value>) -> Value? {
        guard let json = given(name), json != .null, !rule.blank.contains(json) else { return nil }
        return rule.read(json, path.member(name), &faults)
    }

    /// Reads a field whose value never makes the input fail (R15). Null and `""` count as left out; `warnings` says
    /// what was corrected or dropped.
    package mutating func optional<Value>(
        _ name: String, _ ornament: Ornament<Value>, _ meaning: String? = nil
    ) -> Value? {
        declare(name, ornament.schema, isRequired: false, blank: .emptyText, meaning: meaning)
        guard let json = given(name), json != .null, json != "" else { return nil }
        return ornament.read(json, path.member(name), &warnings)
    }

    /// Reads a field of an update whose value never makes the update fail (R15). Leaving it out keeps the stored value;
    /// null clears it.
    package mutating func change<Value>(
        _ name: String, _ ornament: Ornament<Value>, _ meaning: String? = nil
    ) -> Change<Value> {
        declare(name, ornament.schema, isRequired: false, meaning: meaning)
        guard let json = given(name) else { return .keep }
        if json == .null { return .clear }
        return ornament.read(json, path.member(name), &warnings).map(Change.set) ?? .keep
    }

    /// Reads a field of an update. Leaving it out keeps the stored value, and so does `""` where the text cannot be
    /// empty; null clears it.
    package mutating func change<Value>(
        _ name: String, _ rule: Rule<Value>, canBeCleared: Bool = true, _ meaning: String? = nil
    ) -> Change<Value> {
        var schema: JSON { canBeCleared ? rule.optionalSchema : rule.schemaOrBlank }
        declare(name, schema, isRequired: false, blank: rule.blank, meaning: meaning)
        guard let json = given(name), !rule.blank.contains(json) else { return .keep }
        if json == .null {
            if canBeCleared { return .clear }
            faults.append(Fault(path.member(name), "cannot be cleared"))
            return .keep
        }
        return rule.read(json, path.member(name), &faults).map(Change.set) ?? .keep
    }

    /// Declares fields that are accepted and not read.
    package mutating func ignored(_ names: String...) {
        for name in names { declare(name, [:], isRequired: false, meaning: "Accepted and ignored.") }
    }

    /// Whether the object has the member; its value may be null.
    package func isGiven(_ name: String) -> Bool { given(name) != nil }

    /// The object as it was given, without one member.
    package func given(except name: String) -> JSON { .object(members.filter { !$0.isNamed(name) }) }

    /// Adds a fault that depends on several fields, so that no rule for a single field can find it.
    package mutating func refuse(_ name: String, _ message: String) {
        if !isDescription { faults.append(Fault(path.member(name), message)) }
    }

    /// Adds to the schema a combination of values that is refused: all of these members exist and match their schemas.
    package mutating func exclude(_ members: KeyValuePairs<String, JSON>) {
        exclusions.append([
            "required": .array(members.map { .string($0.key) }),
            "properties": .object(members.map { JSON.Member($0.key, $0.value) }),
        ])
    }

    /// Adds a fault for every member that no call has read.
    /// - Parameter quotes: whether the fault names the member; false where a secret may have been given by mistake.
    package mutating func refuseUnknown(quotes: Bool = true) {
        let names = declared.map(\.name)
        for member in members where !names.contains(where: member.isNamed) {
            // Finding the intended name costs much more than the rest, and only the first `Fault.limit` faults are
            // shown.
            let hint = faults.count < Fault.limit ? OtherNames.hint(for: member.name, among: names) : ""
            faults.append(
                quotes
                    ? Fault(path.member(member.name), "is not a field here\(hint)")
                    : Fault(path, "has a member that is not a field here\(hint)"))
        }
    }

    /// One of several alternative sets of fields; see `require(oneOf:_:)`.
    package struct Alternative {
        let needed: [String]
        let allowed: [String]

        /// - Parameters:
        ///   - needed: fields that must have a value.
        ///   - allowed: fields that may have a value.
        package init(_ needed: String..., and allowed: [String] = []) {
            self.needed = needed
            self.allowed = allowed
        }
    }

    /// Refuses an object that fits none of the alternatives. An object fits an alternative if each of its `needed`
    /// fields has a value and no field has a value that only other alternatives name.
    package mutating func require(oneOf alternatives: [Alternative], _ message: String) {
        self.alternatives = alternatives
        let fits = alternatives.contains { alternative in
            alternative.needed.allSatisfy(hasValue) && fieldsOutside(alternative).allSatisfy { !hasValue($0) }
        }
        if !fits { refuse(alternatives[0].needed[0], message) }
    }

    private func fieldsOutside(_ alternative: Alternative) -> [String] {
        let names = alternatives.flatMap { $0.needed + $0.allowed }
        return Set(names).subtracting(alternative.needed + alternative.allowed).sorted()
    }

    private func hasValue(_ name: String) -> Bool {
        guard let json = given(name) else { return false }
        return json != .null && !blank(name).contains(json)
    }

    private func blank(_ name: String) -> Blank { declared.first { $0.name == name }?.blank ?? .never }

    /// The JSON Schema of the object, made from the fields that have been read; their descriptions are included.
    package var schema: JSON {
        let schema: JSON = [
            "type": "object",
            "properties": .object(declared.map { JSON.Member($0.name, $0.schema) }),
            "required": .array(declared.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": false,
        ]
        return
            schema
            .merging(alternatives.isEmpty ? [:] : ["anyOf": .array(alternatives.map(schema(of:)))])
            .merging(exclusions.isEmpty ? [:] : ["not": ["anyOf": .array(exclusions)]])
    }

    private func schema(of alternative: Alternative) -> JSON {
        [
            "required": .array(alternative.needed.map(JSON.string)),
            "properties": .object(
                alternative.needed.map { JSON.Member($0, ["not": blank($0).schema]) }
                    + fieldsOutside(alternative).map { JSON.Member($0, blank($0).schema) }),
        ]
    }

    private func given(_ name: String) -> JSON? { members.first { $0.isNamed(name) }?.value }

    private mutating func declare(
        _ name: String, _ schema: @autoclosure () -> JSON, isRequired: Bool, blank: Blank = .never, meaning: String?
    ) {
        let described = isDescription ? schema().meaning(meaning ?? CommonFields.meaning(of: name)) : .null
        declared.append(Declared(name: name, schema: described, isRequired: isRequired, blank: blank))
    }
}

extension JSON {
    /// The schema with the meaning put before its description.
    fileprivate func meaning(_ meaning: String?) -> JSON {
        guard let meaning else { return self }
        let words = [meaning, self["description"]?.text].compactMap(\.self).joined(separator: " ")
        return merging(["description": .string(words)])
    }

    /// A default as JSON; nil if the value is not a boolean, an integer or a text.
    fileprivate init?<Value>(plain value: Value) {
        switch value {
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(value)
        case let value as String: self = .string(value)
        case let value as any RawRepresentable<String>: self = .string(value.rawValue)
        default: return nil
        }
    }
}

/// The change that an update makes to one value.
package enum Change<Value> {
    case keep
    case clear
    case set(Value)
}

extension Change: Sendable where Value: Sendable {}
