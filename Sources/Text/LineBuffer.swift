/// Splits bytes into lines as they arrive, in linear time. A line ends with a line feed, which is not part of it.
package struct LineBuffer {
    package enum Line {
        case whole(ArraySlice<UInt8>)
        /// The beginning of a line that exceeded the limit.
        case overlong(beginning: ArraySlice<UInt8>)
    }

    private let lengthLimit: Int
    private let keptOfOverlong: Int
    /// The beginning of a line whose end has not arrived.
    private var partial: [UInt8] = []
    private var isSkipping = false

    /// - Parameters:
    ///   - lengthLimit: the longest line in bytes.
    ///   - keptOfOverlong: how many bytes are kept of a longer line.
    package init(lengthLimit: Int = .max, keptOfOverlong: Int = 0) {
        self.lengthLimit = lengthLimit
        self.keptOfOverlong = keptOfOverlong
    }

    /// Whether the unfinished line already exceeds the limit.
    package var isOverlong: Bool { isSkipping }

    /// The number of bytes held of the unfinished line.
    package var heldBytes: Int { partial.count }

    /// Takes bytes and hands over the lines that end in them.
    package mutating func feed<Failure: Error>(
        _ bytes: ArraySlice<UInt8>, _ handle: (Line) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = bytes
        while let newline = rest.firstLineFeed {
            let end = rest[..<newline]
            rest = rest[(newline + 1)...]
            if partial.isEmpty, !isSkipping, end.count <= lengthLimit {
                try handle(.whole(end))
            } else {
                append(end)
                try handle(endLine())
            }
        }
        append(rest)
    }

    /// Returns the last line if there are bytes after the last line feed. The buffer is empty afterwards.
    package mutating func finish() -> Line? {
        partial.isEmpty && !isSkipping ? nil : endLine()
    }

    /// Discards the unfinished line.
    package mutating func removeAll() { _ = endLine() }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if isSkipping { return }
        partial += bytes
        guard partial.count > lengthLimit else { return }
        isSkipping = true
        partial = Array(partial.prefix(keptOfOverlong))
    }

    private mutating func endLine() -> Line {
        defer {
            partial = []
            isSkipping = false
        }
        return isSkipping ? .overlong(beginning: partial[...]) : .whole(partial[...])
    }
}

extension Collection<UInt8> {
    /// Whether a line is empty or has only spaces, tabs and carriage returns.
    package var isBlankLine: Bool { allSatisfy { $0.isSpaceOrTab || $0 == 0x0D } }
}

extension ArraySlice<UInt8> {
    /// The index of the first line feed. This loop is several times as fast as that of `firstIndex(of:)`.
    fileprivate var firstLineFeed: Int? {
        let span = span
        for place in span.indices where span[place] == UInt8(ascii: "\n") { return startIndex + place }
        return nil
    }
}
