package import JSON

/// One fault of an input: the path of the wrong value, and a message that says what is required.
package struct Fault: Sendable, Hashable {
    private let path: Path
    package let message: String

    package init(_ path: Path, _ message: String) {
        self.path = path
        self.message = message
    }

    package var field: String { path.description }

    /// The highest number of faults that are shown; further ones are only counted.
    package static let limit = 100
}
