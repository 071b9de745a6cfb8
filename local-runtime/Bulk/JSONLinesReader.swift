import Text

/// Cuts bytes into lines as they come. Blank lines are skipped, and nothing is kept of a line that is too long.
struct JSONLinesReader {
    struct Line {
        /// Counted from 1.
        let number: Int
        /// Nil if the line was too long.
        let bytes: [UInt8]?
    }

    private var buffer: LineBuffer
    private var pending: [Line] = []
    private var taken = 0
    private var number = 1
    private var beginning = FileBeginning()

    init(lengthLimit: Int) {
        buffer = LineBuffer(lengthLimit: lengthLimit)
    }

    mutating func next() -> Line? {
        guard taken < pending.count else {
            pending.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        taken += 1
        return pending[taken - 1]
    }

    mutating func feed(_ bytes: [UInt8]) {
        var lines: [LineBuffer.Line] = []
        buffer.feed(beginning.strip(bytes)) { lines.append($0) }
        for line in lines { append(line) }
    }

    mutating func finish() {
        if let last = buffer.finish() { append(last) }
    }

    private mutating func append(_ line: LineBuffer.Line) {
        switch line {
        case .overlong: pending.append(Line(number: number, bytes: nil))
        case .whole(let bytes) where bytes.isBlankLine: break
        case .whole(let bytes): pending.append(Line(number: number, bytes: Array(bytes)))
        }
        number += 1
    }
}
