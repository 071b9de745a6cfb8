/// Where a value stands in a document, written as `goals[0].id`. To go a step further costs the same however long the way
/// is, so that a long name does not count once for each of its members.
package struct Path: Sendable, Hashable, CustomStringConvertible {
    private let last: Step?

    /// One step, and those before it.
    private final class Step: Sendable {
        enum Kind {
            case member(String)
            case item(Int)
        }

        let kind: Kind
        let outer: Step?

        init(_ kind: Kind, in outer: Step?) {
            self.kind = kind
            self.outer = outer
        }
    }

    package static let root = Path(last: nil)

    private init(last: Step?) { self.last = last }

    /// A name that is empty is written as `""`, so that it does not look like its object.
    package func member(_ name: String) -> Path { Path(last: Step(.member(name), in: last)) }

    package func item(_ index: Int) -> Path { Path(last: Step(.item(index), in: last)) }

    /// The same place seen from inside of a member; nil for a place that is not the member or a member of it.
    package func inside(_ name: String) -> Path? {
        let steps = steps
        guard case .member(let first)? = steps.first, first == name else { return nil }
        if steps.count > 1, case .item = steps[1] { return nil }
        return steps.dropFirst().reduce(Path.root) { path, step in Path(last: Step(step, in: path.last)) }
    }

    /// From the document to the value.
    private var steps: [Step.Kind] {
        var steps: [Step.Kind] = []
        var step = last
        while let current = step {
            steps.append(current.kind)
            step = current.outer
        }
        return steps.reversed()
    }

    /// Empty for the document itself. What is longer than any name that is accepted is cut, and so is the whole.
    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .member(let name):
                if !text.isEmpty { text += "." }
                text += name.isEmpty ? "\"\"" : name.cut(to: Path.nameLimit)
            case .item(let index): text += "[\(index)]"
            }
            if text.utf8.count > Path.lengthLimit { return text + "…" }
        }
        return text
    }

    /// In Unicode scalars.
    private static let nameLimit = 256
    /// In bytes; the name that goes beyond it is the last one.
    private static let lengthLimit = 1024

    package static func == (one: Path, other: Path) -> Bool { one.description == other.description }
    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension String {
    /// The first so many Unicode scalars, and a sign that there are more. Not by characters, one of which may be of any length.
    package func cut(to limit: Int) -> String {
        if utf8.count <= limit { return self }
        let beginning = unicodeScalars.prefix(limit)
        return beginning.endIndex == endIndex ? self : String(beginning) + "…"
    }
}

/// One thing that is wrong with an input: where, and what would be right.
package struct Fault: Sendable, Hashable {
    private let path: Path
    package let message: String

    package init(_ path: Path, _ message: String) {
        self.path = path
        self.message = message
    }

    package var field: String { path.description }

    /// So many are shown; the others are counted.
    package static let limit = 100
}
