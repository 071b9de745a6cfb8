extension String {
    /// Whether these bytes stand in it. For ASCII that is what `contains` says, which compares characters and takes many times as long.
    func holds(_ part: String) -> Bool {
        var rest = utf8[...]
        while !rest.isEmpty {
            if rest.starts(with: part.utf8) { return true }
            rest.removeFirst()
        }
        return part.isEmpty
    }
}
