/// The keys that have not opened anything yet. A secret that does not open may have been changed, and then it is its own
/// postback's fault; or the key is another one of the same id, which is wrong here. A key that has opened one secret is right.
struct KeyDoubts {
    private var proven: Set<String> = []

    /// A secret that is sealed under one of these keys did not open.
    /// - Returns: whether a key may be to blame.
    func doubt(_ keys: Set<String>) -> Bool { !keys.isSubset(of: proven) }

    /// All secrets of a line have opened.
    mutating func trust(_ keys: Set<String>) {
        if !keys.isSubset(of: proven) { proven.formUnion(keys) }
    }

    /// The ids of the keys under which something in a line is sealed: `"v1.ID.…"`.
    static func keys(of line: [UInt8]) -> Set<String> {
        let mark = Array("\"v1.".utf8)
        var keys: Set<String> = []
        var rest = line[...]
        while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
            rest = rest[quote...]
            if rest.starts(with: mark) {
                let id = rest.dropFirst(mark.count).prefix(33).prefix { $0 != UInt8(ascii: ".") }
                if (1...32).contains(id.count) { keys.insert(String(decoding: id, as: UTF8.self)) }
            }
            rest = rest.dropFirst()
        }
        return keys
    }
}
