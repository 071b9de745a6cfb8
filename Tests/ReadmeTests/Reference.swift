import Domain
import FunctionRuntime
import Input
import JSON
import System
import TestSupport

/// `functions/README.md`, and the parts of it that are generated from the functions.
struct Reference {
    static let root = Repository.root
    static let path = "\(root)/functions/README.md"

    var text: String

    init() throws {
        text = String(decoding: try FileSystem.read(Self.path), as: UTF8.self)
    }

    /// The names of all functions.
    static var functions: [String] { Repository.functions }

    /// The titles of the sections, without backticks.
    var titles: [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3).filter { $0 != "`" } }
    }

    /// The lines of a section without its title.
    func lines(of title: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(where: { $0 == "## \(title)" || $0 == "## `\(title)`" }) else { return [] }
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
    }

    /// The rows of a section's first table.
    func table(of title: String) -> [String] {
        Array(lines(of: title).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") })
    }

    /// The contents of the first block of plain text in a section.
    func plainText(of title: String) -> String {
        lines(of: title).drop { $0 != "```text" }.dropFirst().prefix { $0 != "```" }.joined(separator: "\n")
    }

    /// The first line of a section.
    func summary(of title: String) -> String { lines(of: title).first { !$0.isEmpty } ?? "" }

    /// Replaces the first line, the table and the block of a section.
    mutating func replace(_ title: String, table: [String], summary: String? = nil, plainText: String? = nil) {
        let old = lines(of: title).joined(separator: "\n")
        var new = old.replacing(self.table(of: title).joined(separator: "\n"), with: table.joined(separator: "\n"))
        if let summary { new = new.replacing(self.summary(of: title), with: summary, maxReplacements: 1) }
        if let plainText {
            new = new.replacing("```text\n\(self.plainText(of: title))\n```", with: "```text\n\(plainText)\n```")
        }
        text = text.replacing(old, with: new)
    }
}

/// The contents that the reference must have.
enum RightReference {
    static func fields(_ schema: JSON) -> [String] {
        let rows = FieldOutline.all(in: schema["input"] ?? .null).map { field in
            row([
                "`\(field.path)`\(field.isRequired ? " \\*" : "")", field.type, field.fallback.map { "`\($0)`" } ?? "",
                field.meaning,
            ])
        }
        return ["| field | type | default | meaning |", "|---|---|---|---|"] + rows
    }

    /// The summary in `--help`, as a sentence.
    static func summary(_ schema: JSON) -> String {
        let words = (schema["description"]?.text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    static func macros(_ entries: [MacroReference.Entry]) -> [String] {
        ["| in a template | meaning | example |", "|---|---|---|"]
            + entries.map { row(["`\($0.template)`", $0.meaning, "`\($0.rendered)`"]) }
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// The members of an answer, with `?` after those that may be missing.
    static func answer(_ schema: JSON) -> String {
        TextColumns.wrapped(notation(schema["output"] ?? .null), width: 116).joined(separator: "\n")
    }

    private static func notation(_ schema: JSON) -> String {
        if let items = schema["items"] { return "[\(notation(items))]" }
        let members = (schema["properties"] ?? .null).members
        guard !members.isEmpty else { return "" }
        let required = schema["required"]?.items ?? []
        let parts = members.map { member in
            let value = notation(member.value)
            let mark = required.contains(.string(member.name)) ? "" : "?"
            return member.name + mark + (value.isEmpty || value == "[]" ? "" : ": \(value)")
        }
        return "{\(parts.joined(separator: ", "))}"
    }
}
