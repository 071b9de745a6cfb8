import POSIX

/// Cuts what a descriptor brings into lines, and keeps no more of an overlong one than it must.
struct LineReader {
    enum Line: Equatable {
        case line([UInt8])
        case tooLong
    }

    private let descriptor: Descriptor
    private let lengthLimit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false
    private var lines: [Line] = []
    private(set) var hasEnded = false

    init(_ descriptor: Descriptor, lengthLimit: Int) {
        self.descriptor = descriptor
        self.lengthLimit = lengthLimit
    }

    /// The lines that have arrived, at most `limit`; waits for the first. Empty only at the end.
    mutating func next(_ limit: Int) throws(SystemError) -> [Line] {
        while lines.isEmpty, !hasEnded { try read() }
        while lines.count < limit, !hasEnded {
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
        return taken
    }

    /// Reads once; waits when nothing is there.
    mutating func read() throws(SystemError) {
        switch try descriptor.read(upTo: 1 << 18) {
        case .bytes(let bytes): cut(bytes)
        case .wouldBlock: break
        case .end:
            hasEnded = true
            if isSkipping || !partial.isEmpty { endLine([]) }
        }
    }

    private mutating func cut(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            endLine(rest[..<newline])
            rest = rest[(newline + 1)...]
        }
        if partial.count + rest.count > lengthLimit {
            isSkipping = true
            partial = []
        }
        if !isSkipping { partial += rest }
    }

    private mutating func endLine(_ bytes: ArraySlice<UInt8>) {
        if isSkipping || partial.count + bytes.count > lengthLimit {
            lines.append(.tooLong)
        } else {
            let line = partial + bytes
            // A blank line between two objects carries nothing to answer.
            if line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) { lines.append(.line(line)) }
        }
        partial = []
        isSkipping = false
    }
}
