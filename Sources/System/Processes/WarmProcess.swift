import Text

/// A program that reads lines and answers with lines as long as it runs, such as a function in its warm mode. Neither
/// side blocks the other: unwritten lines wait here, and answers are read as they arrive.
package final class WarmProcess {
    private let child: ChildProcess
    private let program: String
    /// The program's file when it was started.
    private let file: FileSystem.Identity?
    private var unwritten: [UInt8] = []
    /// How much of `unwritten` has been written.
    private var written = 0
    private var buffer: LineBuffer

    /// The number of written bytes above which they are removed from `unwritten`.
    private static let heldWrittenBytes = 1 << 18

    /// `lineLimit` is the longest line in bytes that the program may write; a longer one is discarded. With
    /// `keepsErrors` the caller reads what the program writes to standard error from `errorOutput`; otherwise this
    /// process's own is used.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String], lineLimit: Int = .max,
        keepsErrors: Bool = false
    ) throws(SystemError) {
        self.program = program
        file = FileSystem.identity(of: program)
        child = try ChildProcess(
            program, arguments, environment: environment, input: .pipe, output: .pipe,
            errorOutput: keepsErrors ? .pipe : .inherit, ownGroup: true)
        buffer = LineBuffer(lengthLimit: lineLimit)
        try child.input?.setNonBlocking()
        try child.output?.setNonBlocking()
        try child.errorOutput?.setNonBlocking()
    }

    package var pid: CInt { child.pid }

    /// Whether another file is where its program was when it was started. A file that is missing counts as none.
    package var isReplaced: Bool {
        guard let now = FileSystem.identity(of: program) else { return false }
        return now != file
    }

    /// The program's standard error, non-blocking; nil unless the caller reads it, and once it has ended.
    package var errorOutput: Descriptor? { child.errorOutput }

    /// Stops reading the program's standard error.
    package func closeErrorOutput() { child.errorOutput = nil }

    /// Whether the program has written more than the limit of one line.
    package private(set) var hasOverlongLine = false

    /// Whether it may still answer. False once it has closed its output: it has ended or is about to end.
    package var isOpen: Bool { child.output != nil }

    /// Whether lines can still be written. False once either side has closed the program's input.
    package var takesInput: Bool { child.input != nil }

    package var unwrittenBytes: Int { unwritten.count - written }

    /// The events to wait for before the next `write` and `read`.
    package var interests: [Interest] {
        var interests: [Interest] = []
        if let output = child.output { interests.append(.read(output)) }
        if let input = child.input, unwrittenBytes > 0 { interests.append(.write(input)) }
        return interests
    }

    /// Queues a line, given without its end; `write` sends it.
    package func feed(_ line: [UInt8]) {
        unwritten += line
        unwritten.append(UInt8(ascii: "\n"))
    }

    /// Writes as much as the pipe accepts.
    /// - Throws: an error if the program has closed its input. Nothing is written after that; `read` shows where its
    ///   output ends.
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
        // Removes written bytes, also if the queue never becomes empty.
        if written == unwritten.count {
            unwritten.removeAll(keepingCapacity: written <= WarmProcess.heldWrittenBytes)
        } else if written > WarmProcess.heldWrittenBytes {
            unwritten.removeFirst(written)
        } else {
            return
        }
        written = 0
    }

    /// Hands over the lines that have arrived. It returns early if one of them is too long.
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

    /// Closes the program's input, so that it finishes its work and ends.
    package func closeInput() { child.input = nil }

    /// Stops reading the output, which a child of the program may keep open.
    package func closeOutput() { child.output = nil }

    /// Sends a signal to the program and its children.
    package func terminate(_ signal: CInt) { child.terminate(signal, group: true) }

    /// The exit status; nil while the program runs.
    package func poll() throws(SystemError) -> ChildProcess.ExitStatus? { try child.poll() }

    /// Closes the program's input and output and waits until it has ended. Unread answers are lost.
    @discardableResult
    package func finish() throws(SystemError) -> ChildProcess.ExitStatus {
        closeInput()
        closeOutput()
        return try child.wait()
    }
}
