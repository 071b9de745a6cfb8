import POSIX

/// Cuts what a descriptor brings into lines, and keeps no more of an overlong one than its beginning.
struct LineReader {
    enum Line: Equatable {
        case line([UInt8])
        /// The line's first bytes, in which its id may stand.
        case tooLong([UInt8])
    }

    private let descriptor: Descriptor
    private let lengthLimit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false
    private var lines: [Line] = []
    /// So many of `lines` are taken already.
    private var taken = 0
    /// Bytes of the lines that are not.
    private var waiting = 0
    private(set) var hasEnded = false

    /// So much of an overlong line is kept.
    private static let prefixLength = 1024
    /// With more than this at hand nothing further is read before what is there was taken, however short it is of a batch.
    private static let comfort = 4 << 20

    init(_ descriptor: Descriptor, lengthLimit: Int) {
        self.descriptor = descriptor
        self.lengthLimit = lengthLimit
    }

    /// The lines that have arrived, at most `limit`; waits for the first. Empty only at the end.
    mutating func next(_ limit: Int) throws(SystemError) -> [Line] {
        while !hasLines, !hasEnded { try read() }
        while lines.count - taken < limit, waiting + partial.count < LineReader.comfort, !hasEnded {
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
        case .bytes(let bytes): cut(bytes)
        case .wouldBlock: _ = try wait(for: [.read(descriptor)], milliseconds: nil)
        case .end:
            hasEnded = true
            if !partial.isEmpty { endLine([]) }
        }
    }

    private mutating func cut(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            endLine(rest[..<newline])
            rest = rest[(newline + 1)...]
        }
        if isSkipping { return }
        partial += rest
        if partial.count > lengthLimit { skip() }
    }

    private mutating func endLine(_ bytes: ArraySlice<UInt8>) {
        if !isSkipping {
            partial += bytes
            if partial.count > lengthLimit { skip() }
        }
        if isSkipping {
            add(.tooLong(partial))
        } else if partial.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) {
            // A blank line between two objects carries nothing to answer.
            add(.line(partial))
        }
        partial = []
        isSkipping = false
    }

    private mutating func add(_ line: Line) {
        lines.append(line)
        waiting += line.length
    }

    private mutating func skip() {
        isSkipping = true
        partial = Array(partial.prefix(LineReader.prefixLength))
    }
}

extension LineReader.Line {
    var length: Int {
        switch self {
        case .line(let bytes), .tooLong(let bytes): bytes.count
        }
    }
}
