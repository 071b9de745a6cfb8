/// How the rows of a file are written.
package enum BulkFormat: String, CaseIterable, Sendable {
    case csv
    /// One JSON object a line.
    case jsonl

    /// What the name of a file that is written says; JSON lines unless it ends in `.csv`.
    package init(of path: String) {
        self = BulkFormat(named: path) ?? .jsonl
    }

    /// What a file's name says; nil for `.txt`, no suffix, and whatever else says nothing.
    init?(named path: String) {
        let name = path.lowercased()
        if [".csv", ".tsv", ".tab"].contains(where: name.hasSuffix) {
            self = .csv
        } else if [".jsonl", ".ndjson", ".json"].contains(where: name.hasSuffix) {
            self = .jsonl
        } else {
            return nil
        }
    }
}
