import TestSupport

/// The parts of `Sources/ARCHITECTURE.md`.
struct Document {
    static let path = "Sources/ARCHITECTURE.md"

    /// The lines outside of fenced blocks.
    private(set) var lines: [String] = []
    /// The fenced blocks, by their language.
    private(set) var blocks: [(language: String, lines: [String])] = []

    init() throws {
        var isInBlock = false
        for line in try Repository.text(Document.path).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if !isInBlock { blocks.append((String(line.dropFirst(3)), [])) }
                isInBlock.toggle()
            } else if isInBlock {
                blocks[blocks.count - 1].lines.append(String(line))
            } else {
                lines.append(String(line))
            }
        }
    }

    /// The numbers of the rules that have a heading, in their order.
    var rules: [String] {
        lines.filter { $0.hasPrefix("### R") }.map { String($0.dropFirst(4).prefix { $0 != " " }) }
    }

    /// The texts between backticks, in all prose and tables.
    var codeSpans: [String] { lines.flatMap(Document.codeSpans) }

    static func codeSpans(_ line: String) -> [String] {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }

    /// The rows of the table with this heading, each as its cells.
    func table(_ heading: String) throws -> [[String]] {
        guard let start = lines.firstIndex(where: { $0.hasPrefix("| \(heading) |") }) else {
            throw DidNotHappen(description: "a table with the heading \(heading)")
        }
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
                String($0.drop { $0 == " " })
            }
        }
    }
}

/// A statement that brings a delivery from one state into another, or writes its row and leaves the state.
struct Arrow: Hashable, Sendable, CustomStringConvertible {
    /// Nil if the delivery is created.
    let from: String?
    let to: String
    /// The name of the SQL file, or of an SQL function.
    let statement: String

    /// A state that changes without a statement.
    static let clock = "the lease runs out"

    var description: String { "\(from ?? "[*]") --> \(to): \(statement)" }
}

extension Document {
    /// The arrows of the diagrams, one for each statement, and the rows of the table of statements that leave the
    /// state.
    func arrows() throws -> [Arrow] {
        let drawn = try blocks.filter { $0.language == "mermaid" }.flatMap(\.lines)
            .filter { $0.contains("-->") }.flatMap(Document.arrows)
        let still = try table("statement").flatMap { row -> [Arrow] in
            let statement = Document.codeSpans(row[0])[0]
            return Document.codeSpans(row[1]).map { Arrow(from: $0, to: $0, statement: statement) }
        }
        return drawn + still
    }

    /// A line such as `owed --> held: a_statement, another`.
    private static func arrows(_ line: String) throws -> [Arrow] {
        let parts = line.split(separator: ":", maxSplits: 1)
        let states = parts[0].split(separator: " ").filter { $0 != "-->" }.map(String.init)
        guard parts.count == 2, states.count == 2 else {
            throw DidNotHappen(description: "an arrow with two states and statements in \"\(line)\"")
        }
        return parts[1].split(separator: ",").map { name in
            Arrow(
                from: states[0] == "[*]" ? nil : states[0], to: states[1],
                statement: String(name.drop { $0 == " " }))
        }
    }
}
