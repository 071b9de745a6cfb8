import Text

/// A program that takes lines and answers lines for as long as it runs, such as a function in its warm mode. Neither side ever waits
/// for the other: what the pipe does not take stays here, and what has come is read as it comes.
package final class WarmProcess {
    private let child: ChildProcess
    private var unwritten: [UInt8] = []
    /// How much of `unwritten` is written already.
    private var written = 0
    private var buffer: LineBuffer

    /// So many bytes that are written may still be held.
    private static let heldWrittenBytes = 1 << 18

    /// - Parameter lineLimit: how many bytes a line that it writes may have; nothing is kept of a longer one.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String], lineLimit: Int = .max
    ) throws(SystemError) {
        child = try ChildProcess(
            program, arguments, environment: environment, input: .pipe, output: .pipe, ownGroup: true)
        buffer = LineBuffer(lengthLimit: lineLimit)
        try child.input?.setNonBlocking()
        try child.output?.setNonBlocking()
    }

    package var pid: CInt { child.pid }

    /// Whether it has begun a line that is longer than the limit.
    package private(set) var hasOverlongLine = false

    /// Whether it may still answer. False once it has closed its output: it has ended, or is about to.
    package var isOpen: Bool { child.output != nil }

    /// Whether lines can still be written to it. False once its input was closed, here or there.
    package var takesInput: Bool { child.input != nil }

    package var unwrittenBytes: Int { unwritten.count - written }

    /// What to wait for before the next `write` and `read`.
    package var interests: [Interest] {
        var interests: [Interest] = []
        if let output = child.output { interests.append(.read(output)) }
        if let input = child.input, unwrittenBytes > 0 { interests.append(.write(input)) }
        return interests
    }

    /// Takes a line without its end, to be written when there is room.
    package func feed(_ line: [UInt8]) {
        unwritten += line
        unwritten.append(UInt8(ascii: "\n"))
    }

    /// Writes what the pipe takes.
    /// - Throws: when nobody reads any more; `read` then shows where the output ends. Nothing is written after that.
    package func write() throws(SystemError) {
        do throws(SystemError) {
            while let input = child.input, written < unwritten.count {
                let count = try input.writeSome(unwritten[written...])
                if count == 0 { break }
                written += count
            }
        } catch {
            child.input = nil
            throw error
        }
        // What is written goes, also when there is always something more behind it.
        if written == unwritten.count || written > WarmProcess.heldWrittenBytes {
            unwritten.removeFirst(written)
            written = 0
        }
    }

    /// Hands over the lines that have come. It comes back early where one of them is too long.
    package func read(_ handle: (ArraySlice<UInt8>) throws -> Void) throws {
        while let output = child.output {
            switch try output.read(upTo: 1 << 18) {
            case .bytes(let bytes):
                try buffer.feed(bytes[...]) { line in
                    switch line {
                    case .whole(let line): try handle(line)
                    case .overlong: hasOverlongLine = true
                    }
                }
                hasOverlongLine = hasOverlongLine || buffer.isOverlong
                if hasOverlongLine { return }
            case .wouldBlock: return
            case .end: child.output = nil
            }
        }
    }

    /// Ends its input, so that it finishes what it has and ends.
    package func closeInput() { child.input = nil }

    /// Reads no more of its output, which a child of its own may keep open.
    package func closeOutput() { child.output = nil }

    /// Sends a signal to it and to the children that it may have.
    package func terminate(_ signal: CInt) { child.terminate(signal, group: true) }

    /// How it ended; nil while it runs.
    package func poll() throws(SystemError) -> ChildProcess.ExitStatus? { try child.poll() }

    /// Ends its input and waits for its end. What has not been read of its answers is lost.
    @discardableResult
    package func finish() throws(SystemError) -> ChildProcess.ExitStatus {
        closeInput()
        closeOutput()
        return try child.wait()
    }
}
