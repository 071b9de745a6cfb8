import Text

/// The position of a value in a document, written as `goals[0].id`. Paths share their outer steps, so that appending a
/// step takes constant time and a long name is not copied for each of its members.
package struct Path: Sendable, Hashable, CustomStringConvertible {
    private let last: Step?

    /// One step with the steps before it.
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

    /// An empty name is written as `""`, to distinguish it from the object itself.
    package func member(_ name: String) -> Path { Path(last: Step(.member(name), in: last)) }

    package func item(_ index: Int) -> Path { Path(last: Step(.item(index), in: last)) }

    /// The same position, relative to the value of the outermost member `name`. Nil if the position is outside that
    /// member, or inside a list that is the value.
    package func relative(toMember name: String) -> Path? {
        let steps = steps
        guard case .member(let first)? = steps.first, first == name else { return nil }
        if steps.count > 1, case .item = steps[1] { return nil }
        return steps.dropFirst().reduce(Path.root) { path, step in Path(last: Step(step, in: path.last)) }
    }

    /// The steps from the document to the value.
    private var steps: [Step.Kind] {
        var steps: [Step.Kind] = []
        var step = last
        while let current = step {
            steps.append(current.kind)
            step = current.outer
        }
        return steps.reversed()
    }

    /// Empty for the document itself. Names beyond `nameLimit` are cut, and the text ends after `lengthLimit`.
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

    /// The longest part of a name that is shown, in Unicode scalars.
    private static let nameLimit = 256
    /// In bytes. The name that exceeds this limit is the last one shown.
    private static let lengthLimit = 1024

    package static func == (one: Path, other: Path) -> Bool { one.description == other.description }
    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
