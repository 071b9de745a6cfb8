/// Where a value stands in a document, written as `goals[0].id`.
package struct Path: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the document itself.
    package private(set) var description: String

    package static let root = Path(description: "")

    private init(description: String) { self.description = description }

    package func member(_ name: String) -> Path {
        Path(description: description.isEmpty ? name : "\(description).\(name)")
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
