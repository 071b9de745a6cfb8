import FunctionRuntime
import Glibc
import JSON
import System
import Text

/// The file with the result of each row. Its first line identifies the import.
package final class ResultsFile {
    package let path: String
    /// The rows with a final result.
    private(set) var done = RowSet()
    private let descriptor: Descriptor
    private var unwritten = PendingLines()

    /// Begins a new file. The path `-` stands for standard output. `replacing` says whether an older file may be
    /// replaced.
    package init(creating path: String, _ heading: Heading, replacing: Bool) throws {
        self.path = path
        let kind = FileSystem.kind(of: path)
        if path == "-" || path == "/dev/stdout" {
            descriptor = .standardOutput
        } else if kind == .other {
            descriptor = try Descriptor.open(path, O_WRONLY)
        } else {
            if kind == .file, !replacing || !ResultsFile.holdsResults(path) {
                throw FunctionError(
                    .conflict,
                    replacing
                        ? "\(path) exists and does not contain results of an import: --results FILE writes another file, or remove it"
                        : "\(path) exists: --resume continues where it ends, --results FILE writes another file, or remove it"
                )
            }
            descriptor = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
            try lock()
            try descriptor.truncate(to: 0)
        }
        try descriptor.writeAll(heading.json.bytes + [UInt8(ascii: "\n")])
    }

    /// Continues a file. An incomplete last line is cut off. `heading` makes the heading of the continued import, given
    /// the length of the beginning that the file remembers.
    package init(resuming path: String, heading: (_ length: Int) throws -> Heading) throws {
        self.path = path
        do throws(SystemError) {
            descriptor = try Descriptor.open(path, O_RDWR)
        } catch {
            throw FunctionError(.notFound, "there are no results to resume from: \(error)")
        }
        try lock()
        var buffer = LineBuffer()
        var size = 0
        var isFirst = true
        while case .bytes(let bytes) = try descriptor.read(upTo: 1 << 20) {
            try buffer.feed(bytes[...]) { line in
                guard case .whole(let line) = line else { return }
                size += line.count + 1
                if isFirst { try Heading.compare(Array(line), heading, path) } else { readResult(Array(line)) }
                isFirst = false
            }
        }
        if isFirst { throw FunctionError(.invalidRequest, "\(path) does not contain results of an import; remove it") }
        try descriptor.truncate(to: size)
    }

    /// Whether a file is empty or begins with the first line of a results file.
    private static func holdsResults(_ path: String) -> Bool {
        guard let file = try? Descriptor.open(path, O_RDONLY), let beginning = try? file.read(upTo: 4096) else {
            return false
        }
        guard case .bytes(let bytes) = beginning else { return true }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        return (try? JSON(parsing: Array(line)))?["import"] != nil
    }

    func append(_ result: RowResult, row: Int) {
        result.write(row: row, to: &unwritten.bytes)
    }

    /// Writes the appended results to the file, where they outlive this process.
    /// - Returns: false if `interruption` was readable before, or if there was no room for this time.
    func flush(unless interruption: Descriptor, atMost limit: Duration?) throws(SystemError) -> Bool {
        try unwritten.write(to: descriptor, unless: interruption, atMost: limit)
    }

    /// The rows whose results were appended and not written completely, in that order.
    package var unwrittenRows: [Int] {
        unwritten.lines.compactMap { line in
            guard case .number(let digits)? = (try? JSON(parsing: Array(line)))?["row"] else { return nil }
            return Int(digits)
        }
    }

    private func lock() throws {
        guard try descriptor.lock() else {
            throw FunctionError(.conflict, "another import is writing \(path)")
        }
    }

    private func readResult(_ line: [UInt8]) {
        guard let json = try? JSON(parsing: line), case .number(let digits)? = json["row"], let row = Int(digits),
            row > 0, let word = json["result"]?.text.flatMap(RowResult.Word.init), word.isFinal
        else { return }
        done.insert(row)
    }
}

extension ResultsFile {
    /// The first line, which identifies the import.
    package struct Heading: Equatable {
        let kind: ImportKind
        let format: BulkFormat
        let isDryRun: Bool
        let isSilent: Bool
        let input: ImportSource.Fingerprint

        package init(
            _ kind: ImportKind, _ format: BulkFormat, isDryRun: Bool, isSilent: Bool,
            input: ImportSource.Fingerprint
        ) {
            self.kind = kind
            self.format = format
            self.isDryRun = isDryRun
            self.isSilent = isSilent
            self.input = input
        }

        var json: JSON {
            let json: JSON = [
                "import": .string(kind.rawValue), "format": .string(format.rawValue), "dryRun": .bool(isDryRun),
                "size": input.size.map(JSON.integer) ?? .null, "beginning": .integer(input.length),
                "sha256": .string(input.digest),
            ]
            return isSilent ? json.merging(["silent": true]) : json
        }

        /// Refuses a file whose first line identifies another import.
        fileprivate static func compare(_ line: [UInt8], _ heading: (Int) throws -> Heading, _ path: String) throws {
            guard let old = try? JSON(parsing: line), case .number(let digits)? = old["beginning"],
                let length = Int(digits), let kind = old["import"]?.text
            else { throw FunctionError(.invalidRequest, "\(path) does not contain results of an import") }
            let new = try heading(length)
            if new.json == old { return }
            let reason =
                if kind != new.kind.rawValue {
                    "it is the result of an import of \(kind)"
                } else if old["dryRun"] != new.json["dryRun"] {
                    "only one of the two imports is a dry run"
                } else if old["silent"] != new.json["silent"] {
                    "only one of the two imports has --silent"
                } else if old["format"] != new.json["format"] {
                    "the file of that import has another format"
                } else {
                    "the input is not the one of that import: its size or its beginning has changed"
                }
            throw FunctionError(.conflict, "\(path) cannot be resumed: \(reason)")
        }
    }
}
