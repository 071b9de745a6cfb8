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
}
