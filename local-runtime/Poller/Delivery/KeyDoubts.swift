/// Tells whether a secret that does not open is the fault of its postback or of a key here. A key that has opened a
/// secret is the correct one. A key that has opened none may be a different key with the same id.
struct KeyDoubts {
    private var proven: Set<String> = []

    /// To be called when a secret that is sealed under one of these keys did not open.
    /// - Returns: whether a key may be to blame.
    func mayBeWrong(_ keys: Set<String>) -> Bool { !keys.isSubset(of: proven) }

    /// To be called when all secrets of a line have opened.
    mutating func trust(_ keys: Set<String>) {
        if !keys.isSubset(of: proven) { proven.formUnion(keys) }
    }
}
