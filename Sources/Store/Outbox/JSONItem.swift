import JSON
import Postgres

/// An object in a column that holds a JSON list. A member that is missing or has the wrong type fails like a column.
struct JSONItem {
    private let json: JSON
    private let failure: (String) -> PostgresError

    fileprivate init(_ json: JSON, _ failure: @escaping (String) -> PostgresError) {
        self.json = json
        self.failure = failure
    }

    func required(_ name: String) throws(PostgresError) -> Int {
        guard case .number(let digits)? = json[name], let value = Int(digits) else {
            throw failure("has no integer \(name)")
        }
        return value
    }

    func required(_ name: String) throws(PostgresError) -> String {
        guard let text = try optional(name) else { throw failure("has no \(name)") }
        return text
    }

    func required<Value: RawRepresentable<String>>(_ name: String) throws(PostgresError) -> Value {
        guard let value = Value(rawValue: try required(name)) else {
            throw failure("has a \(name) that is no \(Value.self)")
        }
        return value
    }

    /// Nil for null and for a missing member.
    func optional(_ name: String) throws(PostgresError) -> String? {
        switch json[name] {
        case .string(let text): return text
        case .null, nil: return nil
        default: throw failure("has a \(name) that is no string")
        }
    }
}

extension Row {
    /// The items of a column that holds a JSON list; none for NULL.
    /// - Throws: `.unreadable` for a column that holds something else, and for an item that cannot be read.
    func list<Element>(
        _ column: String, _ read: (JSONItem) throws(PostgresError) -> Element
    ) throws(PostgresError) -> [Element] {
        guard let bytes: [UInt8] = try optional(column) else { return [] }
        guard case .array(let items)? = try? JSON(parsing: bytes, depth: .max) else {
            throw unreadable(column, "is no JSON list")
        }
        var elements: [Element] = []
        for item in items { elements.append(try read(JSONItem(item) { unreadable(column, $0) })) }
        return elements
    }

    /// A column that holds JSON and is never NULL.
    func requiredJSON(_ column: String) throws(PostgresError) -> JSON {
        let bytes: [UInt8] = try required(column)
        guard let json = try? JSON(parsing: bytes, depth: .max) else { throw unreadable(column, "is no JSON") }
        return json
    }
}
