/// A JSON value (RFC 8259) that keeps the exact text of numbers and the order of members. Texts are equal only if their
/// bytes are; Swift's own comparison treats canonically equivalent texts as equal.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The text of the number, such as `12.30` or `1e-7`.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])
    /// A complete value that is JSON text already, such as PostgreSQL returns it. The parser never makes one.
    case encoded(String)

    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }

        package static func == (one: Member, other: Member) -> Bool {
            one.isNamed(other.name) && one.value == other.value
        }

        package func isNamed(_ name: String) -> Bool { isSame(self.name, name) }
    }

    package static func == (one: JSON, other: JSON) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)), (.encoded(let one), .encoded(let other)),
            (.string(let one), .string(let other)):
            isSame(one, other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): one == other
        default: false
        }
    }

    /// Swift's comparison rejects most pairs quickly; only pairs that it accepts are compared byte by byte.
    fileprivate static func isSame(_ one: String, _ other: String) -> Bool {
        one == other && one.utf8.elementsEqual(other.utf8)
    }

    package static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// A string, or null for nil.
    package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The value of an object's member; nil if there is none, and for every other kind of value.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.isNamed(name) }?.value
    }

    /// The members of an object; empty for every other kind of value.
    package var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The kind of this value, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        case .encoded: "an encoded value"
        }
    }

    /// The same value with the members of all objects, at every depth, ordered by the UTF-8 bytes of their names.
    package var sorted: JSON {
        switch self {
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.sorted) }.sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                })
        case .array(let items): .array(items.map(\.sorted))
        default: self
        }
    }

    /// The members of both objects; those of `more` win. A value that is not an object counts as an empty one.
    package func merging(_ more: JSON) -> JSON {
        guard case .object(let added) = more else { return self }
        guard case .object(let members) = self else { return more }
        return .object(members.filter { old in !added.contains { $0.isNamed(old.name) } } + added)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
}
