import Glibc
import POSIX

/// A program that is spoken with in lines.
final class LineProcess {
    private let child: ChildProcess
    private var buffer: [UInt8] = []

    init(_ path: String, _ arguments: [String], environment: [String: String]) throws {
        child = try ChildProcess(path, arguments, environment: environment, input: .pipe, output: .pipe)
        try child.input?.setNonBlocking()
        try child.output?.setNonBlocking()
    }

    deinit { end(SIGKILL) }

    var pid: CInt { child.pid }
    var output: Descriptor? { child.output }

    /// Writes all of it while reading what comes, until so many lines have come.
    func exchange(_ bytes: [UInt8], lines count: Int, seconds limit: Double) throws {
        let start = Clock.monotonicNanoseconds
        var rest = bytes[...]
        var seen = 0
        while seen < count {
            guard seconds(since: start) < limit else {
                throw Failure(description: "\(seen) of \(count) lines came in \(limit) s")
            }
            guard let output = child.output, let input = child.input else { throw Failure(description: "it has ended") }
            _ = try wait(for: rest.isEmpty ? [.read(output)] : [.read(output), .write(input)], milliseconds: 1000)
            if !rest.isEmpty { rest = rest.dropFirst(try input.writeSome(rest.prefix(1 << 16))) }
            seen += try read().reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        }
    }

    func write(_ bytes: [UInt8]) throws {
        guard let input = child.input, try input.writeSome(bytes) == bytes.count else {
            throw Failure(description: "a program does not take its input")
        }
    }

    /// The whole lines that have come, without waiting.
    func takeLines() throws -> [[UInt8]] {
        buffer += try read()
        var lines: [[UInt8]] = []
        while let newline = buffer.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(Array(buffer[..<newline]))
            buffer.removeFirst(newline + 1)
        }
        return lines
    }

    func readLine(seconds limit: Double) throws -> String {
        let start = Clock.monotonicNanoseconds
        while seconds(since: start) < limit, let output = child.output {
            if let line = try takeLines().first { return String(decoding: line, as: UTF8.self) }
            _ = try wait(for: [.read(output)], milliseconds: 100)
        }
        throw Failure(description: "no line came")
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

    /// Ends it: by the end of its input and the signal, and by force if it takes more than half a minute.
    func end(_ signal: CInt) {
        child.input = nil
        child.terminate(signal)
        for _ in 0..<600 {
            if (try? child.poll()) != nil { return }
            _ = try? wait(for: [], milliseconds: 50)
        }
        child.terminate(SIGKILL)
        _ = try? child.wait()
    }
}
