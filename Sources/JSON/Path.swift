/// Where a value stands in a document, written as `goals[0].id`.
package struct Path: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the document itself.
    package private(set) var description: String

    package static let root = Path(description: "")

    private init(description: String) { self.description = description }

    /// A name that is empty is written as `""`, so that it does not look like its object.
    package func member(_ name: String) -> Path {
        let name = name.isEmpty ? "\"\"" : name
        return Path(description: description.isEmpty ? name : "\(description).\(name)")
    }

    /// The same place seen from inside of a member; nil for a place that is not inside of it.
    package func inside(_ name: String) -> Path? {
        guard description.hasPrefix(name) else { return nil }
        let rest = description.dropFirst(name.count)
        return rest.isEmpty || rest.first == "." ? Path(description: String(rest.dropFirst())) : nil
    }

    package func item(_ index: Int) -> Path { Path(description: "\(description)[\(index)]") }
}

/// One thing that is wrong with an input: where, and what would be right.
package struct Fault: Sendable, Hashable {
    package let field: String
    package let message: String

    package init(_ path: Path, _ message: String) {
        field = path.description
        self.message = message
    }
}
