package import JSON

/// How large templates may be that a caller gives. What is stored already may be larger: it costs more, but is sent.
extension Template {
    /// One template, in bytes.
    package static let byteLimit = 8192
    /// The entries of one map.
    package static let mapLimit = 256

    package init(
        parsing text: String, in place: Place, from source: StoredSecret.Source, hintLimit: Int = Fault.limit
    ) throws(Wrong) {
        if source == .caller, text.utf8.count > Template.byteLimit {
            throw Wrong("must have at most \(Template.byteLimit) bytes, not \(text.utf8.count)")
        }
        try self.init(parsing: text, in: place, hintLimit: hintLimit)
        if source == .caller { try checkMaps() }
    }

    /// Throws for a map that has too many entries.
    func checkMaps() throws(Wrong) {
        for use in uses {
            let count = use.mapEntryCount
            guard count <= Template.mapLimit else {
                throw Wrong("has a map for {\(use.macro.name)} of \(count) entries; \(Template.mapLimit) are allowed")
            }
        }
    }
}

extension MacroUse {
    /// How many entries its map has; 0 without one.
    var mapEntryCount: Int {
        if case .map(let entries) = format { entries.count } else { 0 }
    }
}
