package import Input

/// The limits for templates that a caller gives. A stored template may exceed them: it costs more, but it is sent.
extension Template {
    /// The largest template, in bytes.
    package static let byteLimit = 8192
    /// The largest number of entries in one map.
    package static let mapLimit = 256

    package init(
        parsing text: String, in place: Place, from source: StoredSecret.Source, hintLimit: Int = Fault.limit
    ) throws(Invalid) {
        if source == .caller, text.utf8.count > Template.byteLimit {
            throw Invalid("must have at most \(Template.byteLimit) bytes, not \(text.utf8.count)")
        }
        try self.init(parsing: text, in: place, hintLimit: hintLimit)
        if source == .caller { try checkMaps() }
    }

    /// Throws if a map has too many entries.
    func checkMaps() throws(Invalid) {
        for use in uses {
            let count = use.mapEntryCount
            guard count <= Template.mapLimit else {
                throw Invalid(
                    "has a map for {\(use.macro.name)} of \(count) entries; at most \(Template.mapLimit) are allowed")
            }
        }
    }
}

extension MacroUse {
    /// The number of entries in its map; 0 without a map.
    var mapEntryCount: Int {
        if case .map(let entries) = format { entries.count } else { 0 }
    }
}
