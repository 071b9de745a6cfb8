import System
import Text

/// Splits a descriptor's input into lines. Only the beginning of an overlong line is kept.
struct LineReader {
    enum Line: Equatable {
        case line([UInt8])
        /// The first bytes of the line, which may contain its id.
        case tooLong([UInt8])
    }

    private let descriptor: Descriptor
    private var buffer: LineBuffer
    private var lines: [Line] = []
    /// How many of `lines` have been taken.
    private var taken = 0
    /// The bytes of the lines that have not been taken.
    private var waiting = 0
    private(set) var hasEnded = false

    /// How many bytes of an overlong line are kept.
    private static let prefixLength = 1024
    /// Above this many buffered bytes the reader does not read ahead, even if the batch is not full.
    static let readAheadLimit = 4 << 20

    init(_ descriptor: Descriptor, lengthLimit: Int) {
        self.descriptor = descriptor
        buffer = LineBuffer(lengthLimit: lengthLimit, keptOfOverlong: LineReader.prefixLength)
    }

    /// Returns up to `limit` lines that have arrived, and waits for the first one. The result is empty only at the end
    /// of the input.
    mutating func next(_ limit: Int) throws(SystemError) -> [Line] {
        while !hasLines, !hasEnded { try read() }
        while lines.count - taken < limit, waiting + buffer.heldBytes < LineReader.readAheadLimit, !hasEnded {
            guard try wait(for: [.read(descriptor)], atMost: .zero) == [true] else { break }
            try read()
        }
        var next: [Line] = []
        while next.count < limit, let line = removeFirstLine() { next.append(line) }
        return next
    }

    /// Whether `lines` contains lines that `removeFirstLine` has not returned yet.
    var hasLines: Bool { taken < lines.count }

    /// Takes a line that was read already; nil if there is none.
    mutating func removeFirstLine() -> Line? {
        guard hasLines else { return nil }
        let line = lines[taken]
        waiting -= line.length
        // The reader keeps no reference to the line, so that the caller can change it without a copy.
        lines[taken] = .line([])
        taken += 1
        if !hasLines {
            lines.removeAll(keepingCapacity: lines.count < LineReader.prefixLength)
            taken = 0
        }
        return line
    }

    /// Reads once. If nothing is there, it waits until the descriptor is readable and returns.
    mutating func read() throws(SystemError) {
        switch try descriptor.read(upTo: 1 << 18) {
        case .bytes(let bytes):
            var arrived: [LineBuffer.Line] = []
            buffer.feed(bytes[...]) { arrived.append($0) }
            for line in arrived { append(line) }
        case .wouldBlock: _ = try wait(for: [.read(descriptor)], atMost: nil)
        case .end:
            hasEnded = true
            if let last = buffer.finish() { append(last) }
        }
    }

    private mutating func append(_ line: LineBuffer.Line) {
        switch line {
        case .overlong(let beginning): add(.tooLong(Array(beginning)))
        // Blank lines are skipped; they need no answer.
        case .whole(let bytes) where bytes.isBlankLine: break
        case .whole(let bytes): add(.line(Array(bytes)))
        }
    }

    private mutating func add(_ line: Line) {
        lines.append(line)
        waiting += line.length
    }
}

extension LineReader.Line {
    var length: Int {
        switch self {
        case .line(let bytes), .tooLong(let bytes): bytes.count
        }
    }
}
