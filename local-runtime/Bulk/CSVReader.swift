/// Cuts bytes into the rows of a CSV file (RFC 4180), as they come. Rows end with LF or CRLF, a byte order mark at the
/// beginning is ignored, and empty lines are no rows. The separator is a comma, a semicolon or a tab, whichever the
/// first line has. A row that is malformed or too long is reported and skipped.
package struct CSVReader {
    package struct Row: Equatable {
        /// The line on which the row begins, from 1.
        package let line: Int
        /// The cells' bytes without their quotes, or the fault of the row.
        package let cells: Result<[[UInt8]], CSVFault>
        /// The cells of a malformed row as far as they could be separated; empty for a row that is too long or has no
        /// end.
        let given: [[UInt8]]
    }

    private let lengthLimit: Int
    private var pending: [Row] = []
    private var taken = 0
    private var cells: [[UInt8]] = []
    private var cell: [UInt8] = []
    private var state = State.start
    private var fault: CSVFault?
    private var length = 0
    private var line = 1
    private var firstLine = 1
    private var beginning = FileBeginning()
    private var finder: SeparatorFinder
    /// The separator; nil until the first line has come.
    private var foundSeparator: UInt8?

    /// Where in a cell the next byte is.
    private enum State { case start, plain, quoted, behindQuote, behindReturn }

    private static let equals = [UInt8(ascii: "=")]
    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// If `separator` is nil, the reader finds it in the first line.
    package init(lengthLimit: Int = 1 << 20, separator: UInt8? = nil) {
        self.lengthLimit = lengthLimit
        finder = SeparatorFinder(given: separator)
    }

    /// The separator: a comma unless the first line shows another.
    package var separator: UInt8 { foundSeparator ?? UInt8(ascii: ",") }

    /// The next complete row; nil until more bytes have come.
    package mutating func next() -> Row? {
        guard taken < pending.count else {
            pending.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        taken += 1
        return pending[taken - 1]
    }

    package mutating func feed(_ bytes: [UInt8]) {
        let rest = beginning.strip(bytes)
        if foundSeparator != nil { cut(rest) } else { findSeparator(rest, isOver: false) }
    }

    private mutating func findSeparator(_ bytes: ArraySlice<UInt8>, isOver: Bool) {
        let isOver = isOver || finder.count + bytes.count > lengthLimit
        guard let (separator, rest) = finder.find(bytes, isOver: isOver) else { return }
        foundSeparator = separator
        finder = SeparatorFinder(given: nil)
        cut(rest[...])
    }

    private mutating func cut(_ bytes: ArraySlice<UInt8>) {
        let separator = separator
        var rest = bytes
        while !rest.isEmpty {
            // Most bytes are in the middle of a cell and are copied together.
            let run = rest.prefix { byte in
                switch state {
                case .plain, .start:
                    byte != separator
                        && (byte > CSVReader.quote
                            || byte != CSVReader.quote && byte != CSVReader.newline && byte != CSVReader.carriageReturn)
                case .quoted: byte != CSVReader.quote && byte != CSVReader.newline
                case .behindQuote, .behindReturn: false
                }
            }
            if !run.isEmpty {
                if state == .start { state = .plain }
                append(run)
                rest = rest[run.endIndex...]
            } else if let byte = rest.popFirst() {
                read(byte)
            }
        }
    }

    /// Marks the end of the file. The last row need not end with a line break.
    package mutating func finish() {
        if foundSeparator == nil { findSeparator([], isOver: true) }
        if state == .quoted {
            fault = fault ?? CSVFault("a quote is never closed; the row begins on line \(firstLine)")
            length = lengthLimit + 1
        }
        if state != .start || !cells.isEmpty || length > 0 { endRow() }
    }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        length += bytes.count
        if length > lengthLimit {
            if fault == nil { fault = CSVFault("the row is larger than \(lengthLimit) bytes") }
            cells = []
            cell = []
        } else {
            cell += bytes
        }
    }

    private mutating func read(_ byte: UInt8) {
        switch (state, byte) {
        case (.quoted, CSVReader.quote): state = .behindQuote
        case (.quoted, _):
            if byte == CSVReader.newline { line += 1 }
            append(CollectionOfOne(byte))
        case (.behindQuote, CSVReader.quote):
            append(CollectionOfOne(byte))
            state = .quoted
        case (_, CSVReader.newline):
            line += 1
            endRow()
        case (_, separator):
            if state == .behindReturn { refuse("there is a carriage return in the middle of the row") }
            endCell()
        case (_, CSVReader.carriageReturn): state = .behindReturn
        case (.start, CSVReader.quote):
            length += 1
            state = .quoted
        case (.plain, CSVReader.quote) where cell == CSVReader.equals:
            // Spreadsheets read ="00123" as a text.
            cell = []
            state = .quoted
        case (.behindReturn, _):
            refuse("there is a carriage return in the middle of the row")
            state = .plain
            append(CollectionOfOne(byte))
        case (.behindQuote, _):
            refuse("there is text after a closing quote, in cell \(cells.count + 1)")
            state = .plain
            append(CollectionOfOne(byte))
        default:
            if byte == CSVReader.quote {
                refuse(
                    "there is a quote inside cell \(cells.count + 1), which is not quoted; quote the cell, and double the quote"
                )
            }
            append(CollectionOfOne(byte))
        }
    }

    private mutating func refuse(_ message: String) {
        fault = fault ?? CSVFault(message)
    }

    private mutating func endCell() {
        length += 1
        if length <= lengthLimit { cells.append(cell) }
        cell = []
        state = .start
    }

    private mutating func endRow() {
        let isEmpty = length == 0 && cells.isEmpty && fault == nil
        if !isEmpty {
            cells.append(cell)
            let isWhole = length <= lengthLimit
            pending.append(
                Row(
                    line: firstLine, cells: fault.map(Result.failure) ?? .success(cells), given: isWhole ? cells : []))
        }
        cells = []
        cell = []
        fault = nil
        length = 0
        state = .start
        firstLine = line
    }
}

/// The fault of a row of CSV.
package struct CSVFault: Error, Equatable {
    package let message: String
    init(_ message: String) { self.message = message }
}
