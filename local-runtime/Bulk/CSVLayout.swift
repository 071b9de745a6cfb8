import FunctionRuntime
import JSON

/// The layout of a CSV file, from its beginning: its columns, its separator, and how it writes amounts and dates.
struct CSVLayout {
    let header: [[UInt8]]
    let separator: UInt8
    let columns: CSVColumns

    /// Nil if the beginning does not contain the whole header. `text` is the beginning of the file. `isStream` says
    /// whether only the header is read, because how much of a stream has come depends on the moment. `reader` is a
    /// reader that has read nothing. Throws `invalid_request` for a header with unknown columns.
    init?(
        _ text: [UInt8], isWhole: Bool, isStream: Bool, _ reader: CSVReader, _ kind: ImportKind,
        _ notation: CellNotation,
        schema: JSON
    ) throws(FunctionError) {
        var reader = reader
        reader.feed(text)
        if isWhole { reader.finish() }
        guard let first = reader.next() else { return nil }
        var columns = try CSVLayout.columns(first, reader.separator, kind, notation, schema: schema)
        var evidence = NotationEvidence()
        while !isStream, let row = reader.next() {
            if case .success(let cells) = row.cells { columns.note(cells, in: &evidence) }
        }
        columns.notation = evidence.completing(columns.notation)
        header = first.given
        separator = reader.separator
        self.columns = columns
    }

    static func columns(
        _ row: CSVReader.Row, _ separator: UInt8, _ kind: ImportKind, _ notation: CellNotation, schema: JSON
    ) throws(FunctionError) -> CSVColumns {
        switch row.cells {
        case .success(let cells):
            var notation = notation
            notation.separator = separator
            return try CSVColumns(cells, kind, notation, schema: schema)
        case .failure(let fault): throw FunctionError(.invalidRequest, "the header: \(fault.message)")
        }
    }
}
