extension String {
    /// The first `limit` Unicode scalars, with an ellipsis if there are more. It does not count characters, because one
    /// character may be of any length.
    package func cut(to limit: Int) -> String {
        if utf8.count <= limit { return self }
        let beginning = unicodeScalars.prefix(limit)
        return beginning.endIndex == endIndex ? self : String(beginning) + "…"
    }
}
