/// The fields of one JSON object, read by name. One description in code serves three ends: it reads the object, it knows
/// which fields exist (so that an unknown one is refused with the nearest right name), and it yields the JSON Schema.
package struct Fields {
    /// What is wrong so far.
    package private(set) var faults: [Fault] = []
    /// What was put right or left out so far.
    package private(set) var warnings: [FieldWarning] = []

    private let members: [JSON.Member]
    private let path: Path
    private let isDescription: Bool
    private var known: [Known] = []
    private var ways: [Way] = []
    private var exclusions: [JSON] = []
    private struct Known {
        let name: String
        let schema: JSON
        let isRequired: Bool
        let blank: Blank
    }

    /// The fields of an object that stands at `path`.
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

    /// Fields that are described only: reading them yields placeholders and no faults.
    package static func describing() -> Fields { Fields() }

    /// A field that must be there. After a fault, the rule's placeholder.
    /// - Parameter meaning: a sentence or two for people, here and in the other functions; without it, what a field of that
    ///   name means anywhere.
    package mutating func required<Value>(_ name: String, _ rule: Rule<Value>, _ meaning: String? = nil) -> Value {
        know(name, rule.schema, isRequired: true, meaning: meaning)
        guard let json = given(name) else {
            if !isDescription { faults.append(Fault(path.member(name), "is missing")) }
            return rule.placeholder
        }
        return rule.read(json, path.member(name), &faults) ?? rule.placeholder
    }

    /// A field that may be left out; null counts as left out, and so does `""` where the text cannot be empty.
    package mutating func optional<Value>(_ name: String, _ rule: Rule<Value>, _ meaning: String? = nil) -> Value? {
        know(name, rule.optionalSchema, isRequired: false, blank: rule.blank, meaning: meaning)
        return value(of: name, rule)
    }

    /// A field that has a default.
    package mutating func optional<Value>(
        _ name: String, _ rule: Rule<Value>, default value: Value, _ meaning: String? = nil
    ) -> Value {
        var schema: JSON {
            JSON(plain: value).map { rule.optionalSchema.merging(["default": $0]) } ?? rule.optionalSchema
        }
        know(name, schema, isRequired: false, blank: rule.blank, meaning: meaning)
        return self.value(of: name, rule) ?? value
    }

    private mutating func value<Value>(of name: String, _ rule: Rule<Value>) -> Value? {
        guard let json = given(name), json != .null, !rule.blank.contains(json) else { return nil }
        return rule.read(json, path.member(name), &faults)
    }

    /// A field that never costs the input. Null and `""` count as left out; see `warnings` for what was not taken as it is.
    package mutating func optional<Value>(
        _ name: String, _ ornament: Ornament<Value>, _ meaning: String? = nil
    ) -> Value? {
        know(name, ornament.schema, isRequired: false, blank: .emptyText, meaning: meaning)
        guard let json = given(name), json != .null, json != "" else { return nil }
        return ornament.read(json, path.member(name), &warnings)
    }

    /// A field of an update that never costs it: left out it leaves the value as it is, null clears it.
    package mutating func change<Value>(
        _ name: String, _ ornament: Ornament<Value>, _ meaning: String? = nil
    ) -> Change<Value> {
        know(name, ornament.schema, isRequired: false, meaning: meaning)
        guard let json = given(name) else { return .keep }
        if json == .null { return .clear }
        return ornament.read(json, path.member(name), &warnings).map(Change.set) ?? .keep
    }

    /// A field of an update: left out it leaves the value as it is, and so does `""` where the text cannot be empty; null
    /// clears it.
    package mutating func change<Value>(
        _ name: String, _ rule: Rule<Value>, canBeCleared: Bool = true, _ meaning: String? = nil
    ) -> Change<Value> {
        var schema: JSON { canBeCleared ? rule.optionalSchema : rule.schemaOrBlank }
        know(name, schema, isRequired: false, blank: rule.blank, meaning: meaning)
        guard let json = given(name), !rule.blank.contains(json) else { return .keep }
        if json == .null {
            if canBeCleared { return .clear }
            faults.append(Fault(path.member(name), "cannot be cleared"))
            return .keep
        }
        return rule.read(json, path.member(name), &faults).map(Change.set) ?? .keep
    }

    /// A field that other fields' faults or programs may look at, whatever its value.
    package mutating func ignored(_ names: String...) {
        for name in names { know(name, [:], isRequired: false, meaning: "Accepted, and not looked at.") }
    }

    /// Whether the object has the member, be it null.
    package func isGiven(_ name: String) -> Bool { given(name) != nil }

    /// The object as it was given, without one member.
    package func given(except name: String) -> JSON { .object(members.filter { !$0.isNamed(name) }) }

    /// Notes a fault that no single rule sees.
    package mutating func refuse(_ name: String, _ message: String) {
        if !isDescription { faults.append(Fault(path.member(name), message)) }
    }

    /// Says in the schema which combination of values is refused: all of these members are there, as their schemas say.
    package mutating func exclude(_ members: KeyValuePairs<String, JSON>) {
        exclusions.append([
            "required": .array(members.map { .string($0.key) }),
            "properties": .object(members.map { JSON.Member($0.key, $0.value) }),
        ])
    }

    /// Notes a fault for every member that no rule has asked for.
    /// - Parameter quotes: whether it names the member; not where a secret may have been given by mistake.
    package mutating func refuseUnknown(quotes: Bool = true) {
        let names = known.map(\.name)
        for member in members where !names.contains(where: member.isNamed) {
            // Looking for what was meant costs much more than the rest; nobody is shown more of them.
            let hint = faults.count < Fault.limit ? OtherNames.hint(for: member.name, among: names) : ""
            faults.append(
                quotes
                    ? Fault(path.member(member.name), "is not a field here\(hint)")
                    : Fault(path, "has a member that is not a field here\(hint)"))
        }
    }

    /// What one way of saying something takes; see `require(oneOf:_:)`.
    package struct Way {
        let needed: [String]
        let allowed: [String]

        /// - Parameters:
        ///   - needed: fields that must have a value.
        ///   - allowed: fields that may have one.
        package init(_ needed: String..., and allowed: [String] = []) {
            self.needed = needed
            self.allowed = allowed
        }
    }

    /// Refuses an object that does not keep to one of the ways: all that a way needs must have a value, and what only other
    /// ways know must have none.
    package mutating func require(oneOf ways: [Way], _ message: String) {
        self.ways = ways
        let fits = ways.contains { way in
            way.needed.allSatisfy(hasValue) && strangers(to: way).allSatisfy { !hasValue($0) }
        }
        if !fits { refuse(ways[0].needed[0], message) }
    }

    private func strangers(to way: Way) -> [String] {
        let names = ways.flatMap { $0.needed + $0.allowed }
        return Set(names).subtracting(way.needed + way.allowed).sorted()
    }

    private func hasValue(_ name: String) -> Bool {
        guard let json = given(name) else { return false }
        return json != .null && !blank(name).contains(json)
    }

    private func blank(_ name: String) -> Blank { known.first { $0.name == name }?.blank ?? .never }

    /// JSON Schema of the object, from the fields that have been asked for; what they mean is in their `description`s.
    package var schema: JSON {
        let schema: JSON = [
            "type": "object",
            "properties": .object(known.map { JSON.Member($0.name, $0.schema) }),
            "required": .array(known.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": false,
        ]
        return
            schema
            .merging(ways.isEmpty ? [:] : ["anyOf": .array(ways.map(schema(of:)))])
            .merging(exclusions.isEmpty ? [:] : ["not": ["anyOf": .array(exclusions)]])
    }

    private func schema(of way: Way) -> JSON {
        [
            "required": .array(way.needed.map(JSON.string)),
            "properties": .object(
                way.needed.map { JSON.Member($0, ["not": blank($0).schema]) }
                    + strangers(to: way).map { JSON.Member($0, blank($0).schema) }),
        ]
    }

    private func given(_ name: String) -> JSON? { members.first { $0.isNamed(name) }?.value }

    private mutating func know(
        _ name: String, _ schema: @autoclosure () -> JSON, isRequired: Bool, blank: Blank = .never, meaning: String?
    ) {
        let described = isDescription ? schema().meaning(meaning ?? CommonFields.meaning(of: name)) : .null
        known.append(Known(name: name, schema: described, isRequired: isRequired, blank: blank))
    }
}

extension JSON {
    /// The schema with the meaning before what it says in words already.
    fileprivate func meaning(_ meaning: String?) -> JSON {
        guard let meaning else { return self }
        let words = [meaning, self["description"]?.text].compactMap(\.self).joined(separator: " ")
        return merging(["description": .string(words)])
    }

    /// A default as an input would give it; nil for one that has parts.
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

/// What an update says of one value.
package enum Change<Value> {
    case keep
    case clear
    case set(Value)
}

extension Change: Sendable where Value: Sendable {}
