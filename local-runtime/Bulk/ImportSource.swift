import FunctionRuntime
import Glibc
package import JSON
package import POSIX
import Secrets

/// The file or stream that is imported, cut into rows as it is read.
package final class ImportSource {
    let descriptor: Descriptor
    /// The size of a file; nil for a stream.
    let size: Int?
    private(set) var bytesRead = 0
    /// Whether all of it has been read and cut into rows.
    private(set) var hasEnded = false
    private var endWasSeen = false
    private var reader: Reader
    private var decoder: FileDecoder
    private let schema: JSON
    private var count = 0
    /// What was read to know the beginning and has not been cut into rows.
    private var beginning: [UInt8] = []

    private enum Reader {
        case csv(CSVReader, CSVColumns?)
        case lines(JSONLinesReader)
    }

    /// So much of a file's beginning is remembered to know it again.
    private static let beginningLength = 1 << 16

    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - encoding: nil to tell by the file's beginning.
    ///   - schema: the JSON Schema of the function's input, for the columns of a CSV file.
    package init(
        _ path: String, _ format: BulkFormat, encoding: FileEncoding?, schema: JSON
    ) throws(SystemError) {
        descriptor = path == "-" ? .standardInput : try Descriptor.open(path, O_RDONLY)
        size = descriptor.fileSize
        self.schema = schema
        decoder = FileDecoder(encoding)
        reader =
            switch format {
            case .csv: .csv(CSVReader(lengthLimit: ImportRow.lengthLimit), nil)
            case .jsonl: .lines(JSONLinesReader(lengthLimit: ImportRow.lengthLimit))
            }
    }

    /// Whether `read` has something to do without the descriptor.
    var isPrimed: Bool { !beginning.isEmpty || endWasSeen }

    /// Reads once.
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

    /// The next row of what has been read; nil when more must be read.
    /// - Throws: `invalid_request` for a header of a CSV file with unknown columns.
    func next() throws(FunctionError) -> ImportRow? {
        switch reader {
        case .csv(var csv, var columns):
            // The reader is taken out and put back, so that there is one owner of its buffers at a time.
            reader = .lines(JSONLinesReader(lengthLimit: 0))
            defer { reader = .csv(csv, columns) }
            while let row = csv.next() {
                guard let header = columns else {
                    columns = try readHeader(row, separator: csv.separator)
                    continue
                }
                count += 1
                // Spreadsheets write rows of nothing but empty cells.
                if case .success(let cells) = row.cells, cells.count > 1, cells.allSatisfy(\.isEmpty) { continue }
                return ImportRow(number: count, line: row.line, input: ImportSource.input(row, header))
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
                input: input ?? .malformed("the line is larger than \(ImportRow.lengthLimit) bytes"))
        }
    }

    /// What the input begins with, as a number of bytes and their SHA-256. Nothing may have been read but by this.
    /// - Parameter length: as many bytes as were remembered; nil for a file's first 64 KiB and a stream's first line.
    package func fingerprint(_ length: Int?) throws(SystemError) -> Fingerprint {
        var wanted = length ?? ImportSource.beginningLength
        while !endWasSeen, beginning.count < wanted {
            if length == nil, size == nil, beginning.contains(UInt8(ascii: "\n")) { break }
            switch try descriptor.read(upTo: ImportSource.beginningLength) {
            case .bytes(let bytes): beginning += bytes
            case .wouldBlock: _ = try wait(for: [.read(descriptor)], milliseconds: nil)
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

    /// By what a file is known again.
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
        switch row.cells {
        case .success(let cells): return try CSVColumns(cells, separator: separator, schema: schema)
        case .failure(let fault): throw FunctionError(.invalidRequest, "the header: \(fault.message)")
        }
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
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
