import CPostgres

/// A value bound to `$n`. PostgreSQL infers the type from the statement, except for a `text[]` and a `json[]`. All values
/// are sent as text, except these two and `bytea`.
package enum Parameter: Sendable, Equatable {
    case null
    case text(String)
    /// Text that is already encoded as UTF-8, such as JSON.
    case utf8([UInt8])
    /// A `bytea`.
    case bytea([UInt8])
    /// A `text[]`, also if the statement casts it to an array of another type; the elements are texts of that type
    /// then.
    case array([String?])
    /// A `json[]` of JSON text that is already encoded as UTF-8.
    case json([ArraySlice<UInt8>?])
    /// An array of integers.
    case integers([Int])

    package static func int(_ value: some BinaryInteger) -> Parameter { .text(String(value)) }
    package static func bool(_ value: Bool) -> Parameter { .text(value ? "t" : "f") }
    package static func optional(_ value: String?) -> Parameter { value.map(Parameter.text) ?? .null }
    package static func optional(_ value: (some BinaryInteger)?) -> Parameter { value.map { .int($0) } ?? .null }

    package static func optional(_ value: Bool?) -> Parameter { value.map { .bool($0) } ?? .null }

    /// PostgreSQL's OID of the type; 0 if it is inferred.
    var type: Oid {
        switch self {
        case .array: 1009
        case .json: 199
        case .null, .text, .utf8, .bytea, .integers: 0
        }
    }

    /// The OID of `text`.
    static let textType: Oid = 25
    /// The OID of `json`.
    static let jsonType: Oid = 114

    var isBinary: Bool {
        switch self {
        case .bytea, .array, .json: true
        case .null, .text, .utf8, .integers: false
        }
    }
}
