import POSIX
import Text

/// Cuts what a descriptor brings into lines, and keeps no more of an overlong one than its beginning.
struct LineReader {
    enum Line: Equatable {
        case line([UInt8])
        /// The line's first bytes, in which its id may stand.
        case tooLong([UInt8])
    }

    private let descriptor: Descriptor
    private var buffer: LineBuffer
    private var lines: [Line] = []
    /// So many of `lines` are taken already.
    private var taken = 0
    /// Bytes of the lines that are not.
    private var waiting = 0
    private(set) var hasEnded = false

    /// So much of an overlong line is kept.
    private static let prefixLength = 1024
    /// With more buffered bytes than this nothing is read ahead, even if the batch is not full.
    private static let readAheadLimit = 4 << 20

    init(_ descriptor: Descriptor, lengthLimit: Int) {
        self.descriptor = descriptor
        buffer = LineBuffer(lengthLimit: lengthLimit, keptOfOverlong: LineReader.prefixLength)
    }

    /// The lines that have arrived, at most `limit`; waits for the first. Empty only at the end.
    mutating func next(_ limit: Int) throws(SystemError) -> [Line] {
        while !hasLines, !hasEnded { try read() }
        while lines.count - taken < limit, waiting + buffer.heldBytes < LineReader.readAheadLimit, !hasEnded {
            guard try wait(for: [.read(descriptor)], milliseconds: 0) == [true] else { break }
            try read()
        }
        var next: [Line] = []
        while next.count < limit, let line = take() { next.append(line) }
        return next
    }

    /// Whether lines wait that were read already.
    var hasLines: Bool { taken < lines.count }

    /// A line that was read already.
    mutating func take() -> Line? {
        guard hasLines else { return nil }
        let line = lines[taken]
        waiting -= line.length
        // What is taken is held by its taker alone.
        lines[taken] = .line([])
        taken += 1
        if !hasLines {
            lines.removeAll(keepingCapacity: lines.count < LineReader.prefixLength)
            taken = 0
        }
        return line
    }

    /// Reads once; waits when nothing is there.
    mutating func read() throws(SystemError) {
        switch try descriptor.read(upTo: 1 << 18) {
        case .bytes(let bytes):
            var arrived: [LineBuffer.Line] = []
            buffer.feed(bytes[...]) { arrived.append($0) }
            for line in arrived { take(line) }
        case .wouldBlock: _ = try wait(for: [.read(descriptor)], milliseconds: nil)
        case .end:
            hasEnded = true
            if let last = buffer.finish() { take(last) }
        }
    }

    private mutating func take(_ line: LineBuffer.Line) {
        switch line {
        case .overlong(let beginning): add(.tooLong(Array(beginning)))
        // A blank line between two objects carries nothing to answer.
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
