package import FunctionRuntime
package import JSON
import Secrets
package import System
import Text

/// The imported file or stream, cut into rows as it is read.
package final class ImportSource {
    let descriptor: Descriptor
    package let format: BulkFormat
    /// The size of a file; nil for a stream.
    let size: Int?
    private(set) var bytesRead = 0
    /// Whether all of it has been read and cut into rows.
    private(set) var hasEnded = false
    private var endWasSeen: Bool
    private var reader: Reader
    private var decoder: FileDecoder
    private let kind: ImportKind
    private let description: Description
    private let schema: JSON
    private var count = 0
    /// The bytes that were read for the beginning and are not cut into rows yet.
    private var beginning: [UInt8]
    /// The layout that the beginning of a CSV file shows; nil if it does not contain the whole header.
    private let layout: Result<CSVLayout?, FunctionError>
    /// Whether the file comes from a program that recognises UTF-8 by its byte order mark alone.
    private let hasMark: Bool

    private enum Reader {
        case csv(CSVReader, CSVColumns?)
        case lines(JSONLinesReader)
    }

    /// How many bytes of a file's beginning are examined, and fingerprinted to recognise the file.
    static let beginningLength = 1 << 16

    /// Reads the beginning: the first 64 KiB of a file, or the first line of a stream. `name` is the name of the file,
    /// for its format and for messages. `schema` is the JSON Schema of the function's input, for the columns of a CSV
    /// file. Throws `invalid_request` for a file that is no text; `SystemError`.
    package init(
        _ descriptor: Descriptor, named name: String, _ kind: ImportKind, _ description: Description, schema: JSON
    ) throws {
        self.descriptor = descriptor
        self.kind = kind
        self.description = description
        self.schema = schema
        size = descriptor.fileSize
        (beginning, endWasSeen) = try ImportSource.readBeginning(of: descriptor, isStream: size == nil)
        try FileKind.requireText(beginning, of: name)
        decoder = FileDecoder(description.encoding)
        var text = FileDecoder(description.encoding)
        var sample = text.decode(beginning)
        if endWasSeen { sample += text.finish() }
        hasMark = text.isOfSpreadsheet || beginning.starts(with: [0xEF, 0xBB, 0xBF])
        let format = description.format ?? BulkFormat(named: name) ?? FileKind.format(of: sample)
        self.format = format
        switch format {
        case .csv:
            let csv = CSVReader(lengthLimit: ImportRow.lengthLimit, separator: description.separator)
            let (isWhole, isStream) = (endWasSeen, size == nil)
            layout = Result { () throws(FunctionError) in
                try CSVLayout(
                    sample, isWhole: isWhole, isStream: isStream, csv, kind, description.notation, schema: schema)
            }
            reader = .csv(csv, nil)
        case .jsonl:
            try ImportSource.requireLines(sample, name, description)
            layout = .success(nil)
            reader = .lines(JSONLinesReader(lengthLimit: ImportRow.lengthLimit))
        }
    }

    /// The columns that are not read: those of an export that the function does not take.
    /// - Throws: `invalid_request` for a header with unknown columns, if the beginning contains it.
    package func ignoredColumns() throws(FunctionError) -> [String] { try layout.get()?.columns.ignoredColumns ?? [] }

    /// Gives the file of refused rows the same columns and separator.
    func shape(_ refused: RefusedFile) {
        guard let layout = try? layout.get() else { return }
        refused.begin(layout.header, separator: layout.separator, hasMark: hasMark)
    }

    /// Whether `read` can proceed without reading the descriptor.
    var isPrimed: Bool { !beginning.isEmpty || endWasSeen }

    /// Feeds one portion to the reader: first the beginning, then one read of the descriptor.
    func read() throws(SystemError) {
        if !beginning.isEmpty {
            feed(beginning)
            beginning = []
            return
        }
        if endWasSeen { return finish() }
        switch try descriptor.read(upTo: 1 << 17) {
        case .bytes(let bytes):
            bytesRead += bytes.count
            feed(bytes)
        case .wouldBlock: break
        case .end: finish()
        }
    }

    /// The next row of the bytes that were read; nil if more must be read.
    /// - Throws: `invalid_request` for a header of a CSV file with unknown columns.
    func next() throws(FunctionError) -> ImportRow? {
        switch reader {
        case .csv(var csv, var columns):
            // The reader is taken out and put back, so that its buffers have one owner at a time and are not copied.
            reader = .lines(JSONLinesReader(lengthLimit: 0))
            defer { reader = .csv(csv, columns) }
            while let row = csv.next() {
                guard let header = columns else {
                    columns = try readHeader(row, separator: csv.separator)
                    continue
                }
                count += 1
                // Spreadsheets write rows in which all cells are empty.
                if case .success(let cells) = row.cells, cells.count > 1, cells.allSatisfy(\.isBlank) { continue }
                return ImportRow(
                    number: count, line: row.line, input: ImportSource.input(row, header), source: .cells(row.given))
            }
            return nil
        case .lines(var lines):
            reader = .lines(JSONLinesReader(lengthLimit: 0))
            defer { reader = .lines(lines) }
            guard let line = lines.next() else { return nil }
            count += 1
            let input = line.bytes.map(ImportRow.Input.unread)
            return ImportRow(
                number: count, line: line.number,
                input: input ?? .malformed("the line is larger than \(ImportRow.lengthLimit) bytes"),
                source: .line(line.bytes ?? []))
        }
    }

    /// The number of bytes and the SHA-256 of the input's beginning. Only this function may have read before. `length`
    /// is the length of the remembered fingerprint; nil for a file's first 64 KiB and a stream's first line.
    package func fingerprint(_ length: Int?) throws(SystemError) -> Fingerprint {
        var wanted = length ?? ImportSource.beginningLength
        while !endWasSeen, beginning.count < wanted, length != nil || size != nil {
            switch try descriptor.read(upTo: ImportSource.beginningLength) {
            case .bytes(let bytes): beginning += bytes
            case .wouldBlock: _ = try wait(for: [.read(descriptor)], atMost: nil)
            case .end: endWasSeen = true
            }
        }
        bytesRead = beginning.count
        if length == nil, size == nil, let newline = beginning.firstIndex(of: UInt8(ascii: "\n")) {
            wanted = min(wanted, newline + 1)
        }
        let bytes = Array(beginning.prefix(wanted))
        return Fingerprint(size: size, length: bytes.count, digest: sha256(bytes).hexadecimal)
    }

    /// The values by which a file is recognised.
    package struct Fingerprint: Equatable {
        /// Nil for a stream.
        let size: Int?
        let length: Int
        let digest: String
    }

    private func feed(_ bytes: [UInt8]) { pass(decoder.decode(bytes)) }

    private func pass(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        edit {
            $0.feed(bytes)
        } lines: {
            $0.feed(bytes)
        }
    }

    private func finish() {
        hasEnded = true
        pass(decoder.finish())
        edit {
            $0.finish()
        } lines: {
            $0.finish()
        }
    }

    private func edit(csv edit: (inout CSVReader) -> Void, lines editLines: (inout JSONLinesReader) -> Void) {
        switch reader {
        case .csv(var csv, let columns):
            reader = .lines(JSONLinesReader(lengthLimit: 0))
            edit(&csv)
            reader = .csv(csv, columns)
        case .lines(var lines):
            reader = .lines(JSONLinesReader(lengthLimit: 0))
            editLines(&lines)
            reader = .lines(lines)
        }
    }

    private func readHeader(_ row: CSVReader.Row, separator: UInt8) throws(FunctionError) -> CSVColumns {
        if let layout = try layout.get() { return layout.columns }
        return try CSVLayout.columns(row, separator, kind, description.notation, schema: schema)
    }

    private static func input(_ row: CSVReader.Row, _ columns: CSVColumns) -> ImportRow.Input {
        do throws(CSVFault) {
            return .object(try columns.input(try row.cells.get()).members)
        } catch {
            return .malformed(error.message)
        }
    }
}

extension [UInt8] {
    /// Whether a cell contains only spaces and tabs.
    fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}

extension ImportSource {
    /// The user's description of a file. Values that are nil are found from the file.
    package struct Description {
        package var format: BulkFormat?
        package var encoding: FileEncoding?
        /// The separator of CSV.
        package var separator: UInt8?
        package var notation: CellNotation

        package init(
            format: BulkFormat?, encoding: FileEncoding?, separator: UInt8?, notation: CellNotation
        ) {
            self.format = format
            self.encoding = encoding
            self.separator = separator
            self.notation = notation
        }
    }

    static func readBeginning(
        of descriptor: Descriptor, isStream: Bool
    ) throws(SystemError) -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        while bytes.count < beginningLength, !(isStream && bytes.contains(UInt8(ascii: "\n"))) {
            switch try descriptor.read(upTo: beginningLength) {
            case .bytes(let more): bytes += more
            case .wouldBlock: _ = try wait(for: [.read(descriptor)], atMost: nil)
            case .end: return (bytes, true)
            }
        }
        return (bytes, false)
    }

    /// Refuses options and text that can only be a mistake with JSON lines.
    static func requireLines(
        _ text: [UInt8], _ name: String, _ description: Description
    ) throws(FunctionError) {
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if first == UInt8(ascii: "[") {
            throw FunctionError(
                .invalidRequest, "\(name) is one list, but each line must be an object: jq -c '.[]' FILE")
        }
        let isToldOfCells = description.notation.decimal != nil || description.notation.dateOrder != nil
        if isToldOfCells || description.separator != nil {
            throw FunctionError(
                .invalidRequest, "--separator, --decimal and --date-order are for CSV, and \(name) holds lines of JSON")
        }
    }
}
