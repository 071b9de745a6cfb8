/// The format of the rows of a file.
package enum BulkFormat: String, CaseIterable, Sendable {
    case csv
    /// One JSON object per line.
    case jsonl

    /// The format for a file that is written: CSV if its name ends in `.csv`, else JSON lines.
    package init(of path: String) {
        self = BulkFormat(named: path) ?? .jsonl
    }

    /// The format that the file's name shows; nil for `.txt`, no suffix, and every other name.
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
