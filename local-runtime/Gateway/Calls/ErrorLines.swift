import System
import Text

/// Passes a function's log on to standard error, with a limit of bytes in a second. A flood stays in the function's
/// pipe, where it delays only that function.
struct ErrorLines {
    private let function: String
    private var buffer = LineBuffer(lengthLimit: 8192, keptOfOverlong: 1024)
    private var second: Instant
    private var forwarded = 0
    /// The time at which it may continue; nil while it is not paused.
    private(set) var resumption: Instant?

    /// The bytes of one function's log that are passed on in a second.
    private static let bytesPerSecond = 1 << 16

    init(function: String, now: Instant) {
        self.function = function
        second = now
    }

    var isPaused: Bool { resumption != nil }

    /// Passes on what has arrived.
    /// - Returns: false once the function has closed its standard error.
    mutating func forward(_ output: Descriptor, now: Instant) -> Bool {
        if now - second >= .seconds(1) { (second, forwarded, resumption) = (now, 0, nil) }
        while resumption == nil {
            switch try? output.read(upTo: 16384) {
            case .bytes(let bytes):
                forwarded += bytes.count
                if forwarded >= ErrorLines.bytesPerSecond { resumption = second + .seconds(1) }
                var lines: [UInt8] = []
                buffer.feed(bytes[...]) { line in
                    switch line {
                    case .whole(let line): lines += line + [UInt8(ascii: "\n")]
                    case .overlong(let beginning): lines += beginning + Array("… (cut)\n".utf8)
                    }
                }
                // If the log cannot be written, there is nowhere to report that.
                try? Descriptor.standardError.writeAll(lines)
            case .wouldBlock: return true
            case .end, nil: return false
            }
        }
        return true
    }
}
