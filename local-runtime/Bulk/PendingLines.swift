import POSIX

/// Lines on their way into a file, or into a pipe that perhaps nobody reads.
struct PendingLines {
    var bytes: [UInt8] = []
    /// How many of the bytes have been written.
    private var written = 0

    /// Writes so little at a time that it never blocks while `interruption` has something to read.
    /// - Parameter milliseconds: how long it waits for room; nil: as long as it takes.
    /// - Returns: whether all of it is written. A later call goes on where this one ended.
    mutating func write(
        to output: Descriptor, unless interruption: Descriptor, milliseconds: Int?
    ) throws(SystemError) -> Bool {
        while written < bytes.count {
            guard
                let count = try output.writeSome(bytes[written...], unless: interruption, milliseconds: milliseconds)
            else { return false }
            written += count
        }
        bytes.removeAll(keepingCapacity: true)
        written = 0
        return true
    }

    /// The lines that have not been written to their end.
    var lines: [ArraySlice<UInt8>] {
        let newline = UInt8(ascii: "\n")
        let first = bytes[..<written].lastIndex(of: newline).map { $0 + 1 } ?? 0
        return bytes[first...].split(separator: newline)
    }
}
