import JSON

/// The rows that were read and have no result yet: sent and not answered, or waiting to be sent.
struct RowsInFlight {
    struct Row {
        let number: Int
        /// The line of the file on which the row begins.
        let line: Int
        /// The line for the function.
        let bytes: [UInt8]
        /// The key of `ImportKind.key(of:)`: rows with the same key keep their order.
        let key: String?
        /// The row as the file has it.
        let source: ImportRow.Source

        /// The size in bytes.
        var size: Int { bytes.count + source.size }
    }

    private let kind: ImportKind
    private let isSilent: Bool
    /// The rows that were sent, by number.
    private var sent: [Int: Row] = [:]
    /// The rows to be sent, again or for the first time.
    private var waiting: [Row] = []
    /// The keys of the rows that are not done.
    private var keys: Set<String> = []
    /// A row with the key of one that is not done.
    private var blocked: Row?
    private var bytes = 0

    /// The most rows and bytes without a result; one row may exceed them.
    static let rowLimit = 2000
    static let byteLimit = 8 << 20

    /// `isSilent` says whether conversions are recorded as silent (R16).
    init(_ kind: ImportKind, isSilent: Bool) {
        self.kind = kind
        self.isSilent = isSilent
    }

    /// How many rows the function has and has not answered.
    var inFlightCount: Int { sent.count }
    var isEmpty: Bool { sent.isEmpty && waiting.isEmpty && blocked == nil }
    var hasRoom: Bool { !waiting.isEmpty || sent.count < RowsInFlight.rowLimit && bytes < RowsInFlight.byteLimit }
    /// Whether the next row must wait for another one.
    var isBlocked: Bool { blocked != nil }

    /// The lines that were sent and not answered, in the order of the file.
    var linesInFlight: [[UInt8]] { sent.values.sorted { $0.number < $1.number }.map(\.bytes) }

    /// Adds a row of the file, unless it is malformed.
    mutating func add(_ row: ImportRow) {
        var line = Array("{\"id\":\(row.number),\"input\":".utf8)
        var key: String?
        switch row.input {
        case .unread(let text): line += text
        case .object(let members):
            JSON.object(kind.input(members, isSilent: isSilent)).write(to: &line)
            key = kind.key(of: members)
        case .malformed: return
        }
        line.append(UInt8(ascii: "}"))
        let ready = Row(number: row.number, line: row.line, bytes: line, key: key, source: row.source)
        bytes += ready.size
        if let key, keys.contains(key) {
            blocked = ready
        } else {
            if let key { keys.insert(key) }
            waiting.append(ready)
        }
    }

    /// The line of the next row to be sent. The row counts as sent.
    mutating func nextWaiting() -> [UInt8]? {
        guard !waiting.isEmpty else { return nil }
        let row = waiting.removeFirst()
        sent[row.number] = row
        return row.bytes
    }

    /// Removes and returns the row of an answer; nil for none.
    mutating func removeInFlight(_ number: Int) -> Row? { sent.removeValue(forKey: number) }

    /// Queues a row to be sent again.
    mutating func postpone(_ row: Row) {
        let index = waiting.firstIndex { $0.number > row.number } ?? waiting.endIndex
        waiting.insert(row, at: index)
    }

    /// Removes a row that is done.
    mutating func forget(_ row: Row) {
        bytes -= row.size
        guard let key = row.key else { return }
        keys.remove(key)
        if let next = blocked, next.key == key {
            keys.insert(key)
            waiting.append(next)
            blocked = nil
        }
    }

    /// Drops the rows that were sent, because no answer will come. It is not known whether they were done.
    mutating func forgetInFlight() { sent = [:] }

    /// Removes and returns the rows that were tried and are not done.
    mutating func takeRest() -> [Row] {
        defer { waiting = [] }
        return waiting
    }
}
