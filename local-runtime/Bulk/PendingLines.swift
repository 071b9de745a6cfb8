import System

/// Lines that wait to be written to a file, or to a pipe that may have no reader.
struct PendingLines {
    var bytes: [UInt8] = []
    /// How many of the bytes have been written.
    private var written = 0

    /// Writes in pieces small enough that it never blocks while `interruption` is readable. `limit` is the
    /// longest wait for room; nil means no limit. Returns whether all of it is written. A later call continues where
    /// this one ended.
    mutating func write(
        to output: Descriptor, unless interruption: Descriptor, atMost limit: Duration?
    ) throws(SystemError) -> Bool {
        while written < bytes.count {
            guard
                let count = try output.writeSome(bytes[written...], unless: interruption, atMost: limit)
            else { return false }
            written += count
        }
        bytes.removeAll(keepingCapacity: true)
        written = 0
        return true
    }

    /// The lines that are not written completely.
    var lines: [ArraySlice<UInt8>] {
        let newline = UInt8(ascii: "\n")
        let first = bytes[..<written].lastIndex(of: newline).map { $0 + 1 } ?? 0
        return bytes[first...].split(separator: newline)
    }
}
