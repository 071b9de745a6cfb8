import Glibc
import Synchronization
import System

/// Output for a person at a terminal.
enum Terminal {
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    static var isErrorOutput: Bool { isatty(STDERR_FILENO) == 1 }

    /// Replaces the line that was drawn before.
    static func drawOver(_ text: String) {
        try? Descriptor.standardError.writeAll(Array("\r\u{1B}[K\(TerminalStyle.ofOutput().shown(text))".utf8))
    }

    /// This program's own text, with the characters that the terminal has. In a pipe or a file it is not changed.
    static func shown(_ text: String) -> String { isOutput ? TerminalStyle.ofOutput().shown(text) : text }

    /// Writes to standard output. `checkOutput` reports a failure. As soon as `interruption` is readable, the write
    /// does not wait for a reader any more.
    static func print(_ text: String, unless interruption: Descriptor? = nil) {
        let bytes = Array((text + "\n").utf8)
        do throws(SystemError) {
            if let interruption {
                _ = try Descriptor.standardOutput.writeAll(bytes, unless: interruption)
            } else {
                try Descriptor.standardOutput.writeAll(bytes)
            }
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
    }

    /// - Throws: the error of a failed write to standard output; EPIPE if its reader has closed it.
    static func checkOutput() throws(SystemError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static let failure = Mutex<SystemError?>(nil)

    static func printError(_ text: String) { try? Descriptor.standardError.writeAll(Array((text + "\n").utf8)) }

    /// The text with everything made visible that a terminal would act on, except line breaks.
    static func safe(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar == "\n" || scalar.properties.generalCategory != .control ? scalar : "\u{FFFD}"
                }))
    }

    /// A table with its columns aligned.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        let text = rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
        return shown(text)
    }
}
