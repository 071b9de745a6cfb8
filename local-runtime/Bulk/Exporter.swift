package import FunctionRuntime
import Glibc
import Input
package import JSON
import Store
package import System

/// Writes a whole list, page by page, with one page in memory at a time.
package struct Exporter {
    private let kind: ExportKind
    private let format: BulkFormat
    private let columns: [String]
    private let values: [(JSON) -> JSON?]
    private let writer: CSVWriter
    private let database: Database
    private let nextPage: ([JSON.Member]) throws(FunctionError) -> ListedPage
    private let patience: Duration

    /// `columns` contains the columns of the CSV; nil means the default ones. `patience` says how long to wait
    /// for a database that is away. Throws `invalid_request` for an unknown column.
    package init(
        _ kind: ExportKind, _ format: BulkFormat, columns: [String]?, isExcelSafe: Bool, patience: Duration,
        _ settings: Settings
    ) throws(FunctionError) {
        let wrong = (columns ?? []).filter { !kind.hasColumn($0) }.map { column in
            "\"\(column)\"\(Spelling.hint(for: column, among: kind.columns))"
        }
        if !wrong.isEmpty {
            throw .invalidRequest("columns", "must not hold \(wrong.joined(separator: " and "))")
        }
        self.kind = kind
        self.format = format
        self.columns = columns ?? kind.columns
        values = self.columns.map(kind.value)
        writer = CSVWriter(isExcelSafe: isExcelSafe)
        self.patience = patience
        database = try Database(settings, applicationName: "postbacks export")
        nextPage = try kind.makePages(database, settings, isBrief: format == .csv)
    }

    /// `filter` contains fields of the input of the list function. As soon as `interruption` is readable, the export
    /// stops, even if nobody reads the output or the database is away. `show` is called with the number of rows
    /// written, after each page and at an interruption; it throws to stop. Returns how many rows were written.
    package func run(
        _ filter: [JSON.Member], to output: Descriptor, unless interruption: Descriptor,
        show: (_ rows: Int) throws -> Void
    ) throws -> Int {
        database.interruption = interruption
        var bytes: [UInt8] = []
        var after: [JSON.Member] = []
        var count = 0
        if format == .csv { writer.append(columns, to: &bytes) }
        while true {
            let input = filter + [JSON.Member("limit", .integer(kind.pageSize))] + after
            let page = try repeating(unless: interruption, stop: { try show(count) }) { () throws(FunctionError) in
                try nextPage(input)
            }
            for row in page.rows { try append(row, to: &bytes) }
            guard try output.writeAll(bytes, unless: interruption) else {
                try show(count)
                throw SystemError(call: "write", code: EINTR)
            }
            bytes.removeAll(keepingCapacity: true)
            count += page.rows.count
            try show(count)
            guard page.next != .null else { return count }
            after = [JSON.Member("after", page.next)]
        }
    }

    private func append(_ row: JSON, to bytes: inout [UInt8]) throws {
        guard format == .csv else {
            row.write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            return
        }
        // A row comes as the JSON text of PostgreSQL.
        let row = if case .encoded(let text) = row { try JSON(parsing: Array(text.utf8), depth: .max) } else { row }
        writer.append(values.lazy.map { value in value(row)?.cell ?? "" }, to: &bytes)
    }

    /// Repeats the call for a while if the database is away.
    private func repeating<Value>(
        unless interruption: Descriptor, stop: () throws -> Void, _ body: () throws(FunctionError) -> Value
    ) throws -> Value {
        var patience = Patience(limit: patience)
        while true {
            do throws(FunctionError) {
                return try body()
            } catch {
                guard error.code == .unavailable, let next = patience.fail(now: .now) else { throw error }
                let isOver = try wait(for: [.read(interruption)], atMost: next.remaining)
                if isOver[0] { try stop() }
            }
        }
    }
}
