package import JSON

/// Everything that one run of the benchmarks has found.
package struct Report: Sendable {
    /// The facts about the machine, by name.
    package var machine: [(name: String, value: String)] = []
    package private(set) var entries: [Entry] = []
    /// Further tables, such as the one of all functions.
    package private(set) var details: [Detail] = []

    /// A table of measurements that are too many for the main table.
    package struct Detail: Sendable {
        package let title: String
        package let header: [String]
        package let rows: [[String]]

        package init(_ title: String, _ header: [String], _ rows: [[String]]) {
            self.title = title
            self.header = header
            self.rows = rows
        }
    }

    /// Texts of several lines, such as query plans, with their titles.
    package private(set) var notes: [(title: String, text: String)] = []

    package init() {}

    package mutating func addNote(_ title: String, _ text: String) { notes.append((title, text)) }
    package mutating func add(_ entry: Entry) { entries.append(entry) }
    package mutating func add(_ detail: Detail) { details.append(detail) }

    /// The number of void runs, for which the program fails.
    package var voidCount: Int {
        entries.count {
            if case .void = $0 { true } else { false }
        }
    }

    package var markdown: String {
        var text = machine.map { "- \($0.name): \($0.value)\n" }.joined()
        text += "\n"
        text += Report.table(
            [
                "figure", "ours", "spread", "limit or peer in the same run", "its value", "spread", "ratio", "aim",
                "met",
            ],
            entries.map(Report.cells))
        for detail in details {
            text += "\n\(detail.title)\n\n\(Report.table(detail.header, detail.rows))"
        }
        for note in notes { text += "\n\(note.title)\n\n```\n\(note.text)\n```\n" }
        return text
    }

    package var json: JSON {
        [
            "machine": .object(machine.map { JSON.Member($0.name, .string($0.value)) }),
            "figures": .array(entries.map(Report.json)),
            "details": .array(
                details.map { detail in
                    [
                        "title": .string(detail.title),
                        "rows": .array(
                            detail.rows.map { row in
                                .object(zip(detail.header, row).map { JSON.Member($0, .string($1)) })
                            }),
                    ]
                }),
            "notes": .array(notes.map { ["title": .string($0.title), "text": .string($0.text)] }),
        ]
    }

    private static func cells(_ entry: Entry) -> [String] {
        switch entry {
        case .figure(let figure):
            [
                figure.name, figure.ours.text, percent(figure.ours.spread), figure.limit?.name ?? "",
                figure.limit?.measure.text ?? "", percent(figure.limit?.measure.spread),
                figure.ratio.map { grouped($0, decimals: 2) } ?? "", figure.aim?.text(figure.ours.unit) ?? "",
                figure.isMet.map { $0 ? "yes" : "no" } ?? "",
            ]
        case .void(let name, let reason): [name, "void: \(reason)"] + blank
        case .skipped(let name, let reason): [name, "not measured: \(reason)"] + blank
        }
    }

    private static let blank = [String](repeating: "", count: 7)

    private static func json(_ entry: Entry) -> JSON {
        switch entry {
        case .figure(let figure):
            [
                "figure": .string(figure.name), "unit": .string(figure.ours.unit.rawValue), "ours": json(figure.ours),
                "limit": figure.limit.map { json($0.measure).merging(["name": .string($0.name)]) } ?? .null,
                "ratio": number(figure.ratio), "aim": .optional(figure.aim?.text(figure.ours.unit)),
                "isMet": figure.isMet.map(JSON.bool) ?? .null,
            ]
        case .void(let name, let reason): ["figure": .string(name), "void": .string(reason)]
        case .skipped(let name, let reason): ["figure": .string(name), "notMeasured": .string(reason)]
        }
    }

    private static func json(_ measure: Measure) -> JSON {
        [
            "median": number(measure.median), "spread": number(measure.spread),
            "values": .array(measure.values.map { number($0) }),
        ]
    }

    /// JSON has no NaN and no infinity.
    private static func number(_ value: Double?) -> JSON {
        guard let value, value.isFinite else { return .null }
        return .number("\(value)")
    }

    private static func percent(_ share: Double?) -> String { share.map { "\(grouped($0 * 100)) %" } ?? "" }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let lines = ([header] + rows).map { $0.map(escaped) }
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = ""
        for (number, line) in lines.enumerated() {
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            text += "| \(cells.joined(separator: " | ")) |\n"
            if number == 0 {
                text += "|\(widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|"))|\n"
            }
        }
        return text
    }

    /// A cell may contain neither a bar nor a line break.
    private static func escaped(_ cell: String) -> String {
        cell.split(whereSeparator: \.isNewline).joined(separator: " ").split(
            separator: "|", omittingEmptySubsequences: false
        ).joined(separator: "\\|")
    }
}
