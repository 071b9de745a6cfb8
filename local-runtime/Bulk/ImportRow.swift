import JSON

/// A row of an imported file.
struct ImportRow {
    /// Counted from 1, without the header of a CSV file and without empty lines.
    let number: Int
    /// The line of the file on which it begins, from 1.
    let line: Int
    let input: Input
    /// The row as the file has it.
    let source: Source

    enum Source {
        case cells([[UInt8]])
        case line([UInt8])

        /// The size in bytes.
        var size: Int {
            switch self {
            case .cells(let cells): cells.reduce(0) { $0 + $1.count + 1 }
            case .line(let line): line.count
            }
        }
    }

    enum Input {
        /// A line of a file of JSON lines that is not parsed yet.
        case unread([UInt8])
        case object([JSON.Member])
        /// The row is no input, for this reason.
        case malformed(String)
    }

    /// The same row with another input.
    func with(_ input: Input) -> ImportRow {
        ImportRow(number: number, line: line, input: input, source: source)
    }

    /// The longest row in bytes; a longer one is refused.
    static let lengthLimit = 1 << 20
}
