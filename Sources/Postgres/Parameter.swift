/// A value bound to `$n`. PostgreSQL infers the type from the statement; everything but `bytea` travels as text.
package enum Parameter: Sendable, Equatable {
    case null
    case text(String)
    /// Text that is there as UTF-8 already, JSON for example.
    case utf8([UInt8])
    /// A `bytea`.
    case bytea([UInt8])
    /// A `text[]`, or an array of any type whose values are written this way.
    case array([String?])
    /// An array of integers.
    case integers([Int])

    package static func int(_ value: some BinaryInteger) -> Parameter { .text(String(value)) }
    package static func bool(_ value: Bool) -> Parameter { .text(value ? "t" : "f") }
    package static func optional(_ value: String?) -> Parameter { value.map(Parameter.text) ?? .null }
    package static func optional(_ value: (some BinaryInteger)?) -> Parameter { value.map { .int($0) } ?? .null }
}
