import Glibc
package import System
import Text

/// A program that reads and writes lines.
package final class LineProcess {
    private let child: ChildProcess
    private var buffer = LineBuffer()

    /// `errorOutput` is the destination of the program's standard error.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String],
        errorOutput: ChildProcess.Stream = .inherit
    ) throws {
        child = try ChildProcess(
            path, arguments, environment: environment, input: .pipe, output: .pipe, errorOutput: errorOutput)
        try child.input?.setNonBlocking()
        try child.output?.setNonBlocking()
    }

    deinit { end(SIGKILL) }

    package var pid: CInt { child.pid }
    package var output: Descriptor? { child.output }
    /// Whether the program has ended.
    package var hasEnded: Bool { get throws { try child.poll() != nil } }

    /// Writes all bytes, and reads at the same time, until `count` lines have arrived.
    package func exchange(_ bytes: [UInt8], lines count: Int, seconds limit: Double) throws {
        let start = Instant.now
        var rest = bytes[...]
        var seen = 0
        while seen < count {
            guard start.elapsed.seconds < limit else {
                throw DidNotHappen(description: "\(seen) of \(count) lines came in \(limit) s")
            }
            guard let output = child.output, let input = child.input else {
                throw DidNotHappen(description: "it has ended")
            }
            _ = try wait(
                for: rest.isEmpty ? [.read(output)] : [.read(output), .write(input)], atMost: .milliseconds(1000))
            if !rest.isEmpty { rest = rest.dropFirst(try input.writeSome(rest.prefix(1 << 16))) }
            seen += try read().reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        }
    }

    /// Writes as much as the pipe accepts now.
    package func writeSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        guard let input = child.input else { return 0 }
        return try input.writeSome(bytes)
    }

    package func write(_ bytes: [UInt8]) throws {
        guard try writeSome(bytes[...]) == bytes.count else {
            throw DidNotHappen(description: "a program does not take its input")
        }
    }

    /// The complete lines that have arrived; it does not wait.
    package func takeLines() throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        buffer.feed(try read()[...]) { line in
            if case .whole(let bytes) = line { lines.append(Array(bytes)) }
        }
        return lines
    }

    package func readLine(seconds limit: Double) throws -> String {
        let start = Instant.now
        while start.elapsed.seconds < limit, let output = child.output {
            if let line = try takeLines().first { return String(decoding: line, as: UTF8.self) }
            _ = try wait(for: [.read(output)], atMost: .milliseconds(100))
        }
        throw DidNotHappen(description: "no line came")
    }

    private func read() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let output = child.output {
            switch try output.read(upTo: 1 << 18) {
            case .bytes(let more): bytes += more
            case .wouldBlock: return bytes
            case .end: child.output = nil
            }
        }
        return bytes
    }

    /// Closes the program's input, and waits for its end.
    package func finish() throws -> ChildProcess.ExitStatus {
        child.input = nil
        return try child.wait()
    }

    /// Closes the program's input, sends the signal, and sends SIGKILL if it runs for another 30 s.
    package func end(_ signal: CInt) {
        child.input = nil
        child.terminate(signal)
        for _ in 0..<600 {
            if (try? child.poll()) != nil { return }
            _ = try? wait(for: [], atMost: .milliseconds(50))
        }
        child.terminate(SIGKILL)
        _ = try? child.wait()
    }
}
