/// How the rows of a file are written.
package enum BulkFormat: String, CaseIterable, Sendable {
    case csv
    /// One JSON object a line.
    case jsonl

    /// What the file's name says; JSON lines unless it ends in `.csv`.
    package init(of path: String) {
        self = path.lowercased().hasSuffix(".csv") ? .csv : .jsonl
    }
}
