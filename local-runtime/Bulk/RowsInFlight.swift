import JSON

/// The rows that are between the file and the results: sent and not answered, or waiting to be sent.
struct RowsInFlight {
    struct Row {
        let number: Int
        /// Where it stands in the file.
        let line: Int
        /// The function's line.
        let bytes: [UInt8]
        /// What it is about, where rows about the same keep their order.
        let key: String?
        /// As the file has it.
        let source: ImportRow.Source

        /// In bytes.
        var size: Int { bytes.count + source.size }
    }

    private let kind: ImportKind
    private let isSilent: Bool
    /// By number.
    private var sent: [Int: Row] = [:]
    /// To be sent again, or for the first time.
    private var waiting: [Row] = []
    /// What rows that are not done are about.
    private var keys: Set<String> = []
    /// A row that is about the same as one that is not done.
    private var blocked: Row?
    private var bytes = 0

    /// So many rows and bytes are between file and results at the most (and one row more).
    static let rowLimit = 2000
    static let byteLimit = 8 << 20

    /// - Parameter isSilent: whether conversions are to owe nothing.
    init(_ kind: ImportKind, isSilent: Bool) {
        self.kind = kind
        self.isSilent = isSilent
    }

    /// Rows that the function has and has not answered.
    var flying: Int { sent.count }
    var isEmpty: Bool { sent.isEmpty && waiting.isEmpty && blocked == nil }
    var hasRoom: Bool { !waiting.isEmpty || sent.count < RowsInFlight.rowLimit && bytes < RowsInFlight.byteLimit }
    /// Whether the file's next row must wait for another one.
    var isBlocked: Bool { blocked != nil }

    /// What was sent, in the order of the file.
    var linesInFlight: [[UInt8]] { sent.values.sorted { $0.number < $1.number }.map(\.bytes) }

    /// Takes in a row of the file that is not malformed.
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

    /// The line of the next row to be sent; it counts as sent.
    mutating func nextWaiting() -> [UInt8]? {
        guard !waiting.isEmpty else { return nil }
        let row = waiting.removeFirst()
        sent[row.number] = row
        return row.bytes
    }

    /// The row that an answer is for; nil for none.
    mutating func land(_ number: Int) -> Row? { sent.removeValue(forKey: number) }

    /// The row is to be sent again.
    mutating func postpone(_ row: Row) {
        let index = waiting.firstIndex { $0.number > row.number } ?? waiting.endIndex
        waiting.insert(row, at: index)
    }

    /// The row is done.
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

    /// Gives up what was sent: nobody will answer. It is not known whether it was done.
    mutating func forgetFlying() { sent = [:] }

    /// What has not been done and was tried.
    mutating func takeRest() -> [Row] {
        defer { waiting = [] }
        return waiting
    }
}
