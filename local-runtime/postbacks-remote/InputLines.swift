import System
import Text

/// Reads the lines of the poller. No line is longer than an input of deliverPostback and its envelope.
struct InputLines {
    private let descriptor: Descriptor
    private var buffer = LineBuffer(lengthLimit: InputLines.lengthLimit)
    private(set) var hasEnded = false

    private static let lengthLimit = 8 << 20

    init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// Reads once, and returns the lines that are complete. A line that is too long is left out: the poller never writes
    /// one.
    mutating func read() throws(SystemError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        switch try descriptor.read(upTo: 1 << 18) {
        case .bytes(let bytes):
            buffer.feed(bytes[...]) { line in
                if case .whole(let bytes) = line { lines.append(Array(bytes)) }
            }
        case .wouldBlock: break
        case .end:
            hasEnded = true
            if case .whole(let bytes)? = buffer.finish() { lines.append(Array(bytes)) }
        }
        return lines
    }
}
