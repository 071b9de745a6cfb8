import CPostgres

/// A value bound to `$n`. PostgreSQL infers the type from the statement, but for a `text[]`; everything but that and `bytea`
/// travels as text.
package enum Parameter: Sendable, Equatable {
    case null
    case text(String)
    /// Text that is there as UTF-8 already, JSON for example.
    case utf8([UInt8])
    /// A `bytea`.
    case bytea([UInt8])
    /// A `text[]`; also where the statement casts it to an array of another type, whose values are written this way.
    case array([String?])
    /// An array of integers.
    case integers([Int])

    package static func int(_ value: some BinaryInteger) -> Parameter { .text(String(value)) }
    package static func bool(_ value: Bool) -> Parameter { .text(value ? "t" : "f") }
    package static func optional(_ value: String?) -> Parameter { value.map(Parameter.text) ?? .null }
    package static func optional(_ value: (some BinaryInteger)?) -> Parameter { value.map { .int($0) } ?? .null }

    package static func optional(_ value: Bool?) -> Parameter { value.map { .bool($0) } ?? .null }

    /// PostgreSQL's number of the type; 0 where it is inferred.
    var type: Oid {
        if case .array = self { 1009 } else { 0 }
    }

    /// The number of `text`.
    static let textType: Oid = 25

    var isBinary: Bool {
        switch self {
        case .bytea, .array: true
        case .null, .text, .utf8, .integers: false
        }
    }
}
