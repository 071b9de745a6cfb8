/// Cuts bytes into lines as they come, in time that is linear in their number. A line ends with a line feed, which is no part of it.
package struct LineBuffer {
    package enum Line {
        case whole(ArraySlice<UInt8>)
        /// The beginning of a line that was longer than the limit.
        case overlong(beginning: ArraySlice<UInt8>)
    }

    private let lengthLimit: Int
    private let keptOfOverlong: Int
    /// The beginning of a line whose end has not come.
    private var partial: [UInt8] = []
    private var isSkipping = false

    /// - Parameters:
    ///   - lengthLimit: in bytes; nothing of a longer line is kept but its beginning.
    ///   - keptOfOverlong: how many bytes that beginning has at the most.
    package init(lengthLimit: Int = .max, keptOfOverlong: Int = 0) {
        self.lengthLimit = lengthLimit
        self.keptOfOverlong = keptOfOverlong
    }

    /// Whether the line whose end has not come is longer than the limit.
    package var isOverlong: Bool { isSkipping }

    /// How many bytes of a line whose end has not come are held.
    package var heldBytes: Int { partial.count }

    /// Takes bytes, and hands over the lines that end in them.
    package mutating func feed<Failure: Error>(
        _ bytes: ArraySlice<UInt8>, _ handle: (Line) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = bytes
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let end = rest[..<newline]
            rest = rest[(newline + 1)...]
            if partial.isEmpty, !isSkipping, end.count <= lengthLimit {
                try handle(.whole(end))
            } else {
                append(end)
                try handle(take())
            }
        }
        append(rest)
    }

    /// The last line, if bytes have come behind the last line feed. The buffer is empty then.
    package mutating func finish() -> Line? {
        partial.isEmpty && !isSkipping ? nil : take()
    }

    /// Forgets the beginning of a line whose end has not come.
    package mutating func removeAll() { _ = take() }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if isSkipping { return }
        partial += bytes
        guard partial.count > lengthLimit else { return }
        isSkipping = true
        partial = Array(partial.prefix(keptOfOverlong))
    }

    private mutating func take() -> Line {
        defer {
            partial = []
            isSkipping = false
        }
        return isSkipping ? .overlong(beginning: partial[...]) : .whole(partial[...])
    }
}

extension Collection<UInt8> {
    /// Whether a line of JSON has nothing in it: only spaces, tabs and a carriage return.
    package var isBlankLine: Bool { allSatisfy { $0.isSpaceOrTab || $0 == 0x0D } }
}
