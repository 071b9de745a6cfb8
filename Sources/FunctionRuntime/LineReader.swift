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
    /// Bytes in `lines` and `partial`.
    private var held = 0
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
        while lines.isEmpty, !hasEnded { try read() }
        while lines.count < limit, held < LineReader.comfort, !hasEnded {
            guard try wait(for: [.read(descriptor)], milliseconds: 0) == [true] else { break }
            try read()
        }
        return take(limit)
    }

    /// Whether lines wait that were read already.
    var hasLines: Bool { !lines.isEmpty }

    /// Lines that were read already, at most `limit`.
    mutating func take(_ limit: Int) -> [Line] {
        let taken = Array(lines.prefix(limit))
        lines.removeFirst(taken.count)
        held = partial.count + lines.reduce(0) { $0 + $1.length }
        return taken
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
        held += bytes.count
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
            lines.append(.tooLong(partial))
        } else if partial.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) {
            // A blank line between two objects carries nothing to answer.
            lines.append(.line(partial))
        }
        partial = []
        isSkipping = false
    }

    private mutating func skip() {
        isSkipping = true
        partial = Array(partial.prefix(LineReader.prefixLength))
    }
}

extension LineReader.Line {
    fileprivate var length: Int {
        switch self {
        case .line(let bytes), .tooLong(let bytes): bytes.count
        }
    }
}
