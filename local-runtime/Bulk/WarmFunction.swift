import POSIX

/// A function in its warm mode, spoken with in lines. Neither side ever waits for the other: what the pipe does not take
/// stays here, and what has come is read as it comes.
final class WarmFunction {
    private let child: ChildProcess
    private var unwritten: [UInt8] = []
    /// How much of `unwritten` is written already.
    private var position = 0
    private var partial: [UInt8] = []

    /// So many bytes that are written may still be held.
    private static let comfort = 1 << 18

    /// - Parameter mode: `--stream` or `--check`.
    init(_ program: String, _ mode: String, environment: [String: String]) throws(SystemError) {
        child = try ChildProcess(
            program, [mode], environment: environment, input: .pipe, output: .pipe, ownGroup: true)
        try child.input?.setNonBlocking()
        try child.output?.setNonBlocking()
    }

    /// What to wait for before the next `advance`.
    var interests: [Interest] {
        var interests: [Interest] = []
        if let output = child.output { interests.append(.read(output)) }
        if let input = child.input, position < unwritten.count { interests.append(.write(input)) }
        return interests
    }

    /// False once it has closed its output: it has ended, or is about to.
    var isOpen: Bool { child.output != nil }

    /// Takes a line without its end, to be written when there is room.
    func feed(_ line: [UInt8]) {
        unwritten += line
        unwritten.append(UInt8(ascii: "\n"))
    }

    /// Writes what the pipe takes, and hands over the lines that have come.
    func advance(_ handle: (ArraySlice<UInt8>) throws -> Void) throws {
        do {
            while let input = child.input, position < unwritten.count {
                let count = try input.writeSome(unwritten[position...])
                if count == 0 { break }
                position += count
            }
        } catch {
            // Nobody reads any more; that the process is gone shows where its output ends.
            child.input = nil
        }
        // What is written goes, also when there is always something more behind it.
        if position == unwritten.count || position > WarmFunction.comfort {
            unwritten.removeFirst(position)
            position = 0
        }
        while let output = child.output {
            switch try output.read(upTo: 1 << 18) {
            case .bytes(let bytes): try cut(bytes, handle)
            case .wouldBlock: return
            case .end: child.output = nil
            }
        }
    }

    private func cut(_ bytes: [UInt8], _ handle: (ArraySlice<UInt8>) throws -> Void) throws {
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if partial.isEmpty {
                try handle(rest[..<newline])
            } else {
                try handle(partial[...] + rest[..<newline])
                partial = []
            }
            rest = rest[(newline + 1)...]
        }
        partial += rest
    }

    /// Ends its input and waits for it. What has not been read of its answers is lost.
    func finish() throws(SystemError) -> ChildProcess.ExitStatus {
        child.input = nil
        child.output = nil
        return try child.wait()
    }

    /// Ends it at once.
    func kill() throws(SystemError) {
        child.terminate(9)
        _ = try finish()
    }
}
