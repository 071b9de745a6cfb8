import FunctionRuntime

/// The kind of a file, from its first bytes.
enum FileKind {
    /// The format of text: JSON lines if it begins with an object or a list, or is empty; else CSV.
    static func format(of text: [UInt8]) -> BulkFormat {
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) && !mark.contains($0) }
        guard let first else { return .jsonl }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .jsonl : .csv
    }

    /// Refuses a file that is no text; the error says how to convert it. `name` is the file's name, as its user gave
    /// it.
    static func requireText(_ bytes: [UInt8], of name: String) throws(FunctionError) {
        for (beginning, advice) in advice where bytes.starts(with: beginning) {
            throw FunctionError(.invalidRequest, "\(name) is \(advice)")
        }
    }

    /// The bytes of the byte order mark of UTF-8; no text of either format begins with one of them.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static let advice: [(beginning: [UInt8], advice: String)] = [
        (
            [0x50, 0x4B, 0x03, 0x04],
            "a workbook of a spreadsheet (.xlsx, .ods) or another zip file; save the sheet as CSV (UTF-8) and import that"
        ),
        (
            [0xD0, 0xCF, 0x11, 0xE0],
            "a workbook of an old spreadsheet (.xls); save the sheet as CSV (UTF-8) and import that"
        ),
        ([0x1F, 0x8B], "compressed; decompress it in a pipe: zcat FILE | postbacks import KIND -"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed; decompress it in a pipe: zstdcat FILE | postbacks import KIND -"),
    ]
}
