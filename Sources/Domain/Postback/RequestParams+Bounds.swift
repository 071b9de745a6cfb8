import JSON

/// The limits for all the params together that a caller gives.
extension RequestParams {
    static let valueLimit = 256
    /// The largest size of all names and values, in bytes.
    static let byteLimit = 64 << 10

    /// Returns a message about the limit that is exceeded; nil if none is.
    static func excess(of json: JSON) -> String? {
        let size = json.size
        if size.values > valueLimit {
            return "must have at most \(valueLimit) values, including those in lists and objects, not \(size.values)"
        }
        if size.bytes > byteLimit {
            return "must have at most \(byteLimit) bytes in all names and values, not \(size.bytes)"
        }
        return nil
    }
}

extension JSON {
    /// The number of values that contain no others, and the bytes of their texts and of all names. The nesting must not
    /// be deeper than `RequestParams.depthLimit`.
    fileprivate var size: (values: Int, bytes: Int) {
        switch self {
        case .null, .bool: (1, 0)
        case .number(let text), .string(let text), .encoded(let text): (1, text.utf8.count)
        case .array([]), .object([]): (1, 0)
        case .array(let items): items.reduce((0, 0)) { sum, item in JSON.sum(sum, item.size, 0) }
        case .object(let members):
            members.reduce((0, 0)) { sum, member in JSON.sum(sum, member.value.size, member.name.utf8.count) }
        }
    }

    private static func sum(
        _ one: (values: Int, bytes: Int), _ other: (values: Int, bytes: Int), _ name: Int
    ) -> (values: Int, bytes: Int) {
        (one.values + other.values, one.bytes + other.bytes + name)
    }
}
