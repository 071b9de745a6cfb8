import Glibc

extension ChildProcess {
    /// The exit status and the output of a program that has ended.
    package struct Outcome: Sendable {
        package let status: ExitStatus
        package let output: [UInt8]
        package let errorOutput: [UInt8]

        package var text: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    }

    /// Runs a program, writes `input` to its standard input, and returns when it has closed its output and ended. The
    /// output is kept in memory without a limit.
    ///
    /// The call makes this process ignore SIGPIPE permanently, because a program need not read its input.
    /// - Parameter seconds: the time after which the program is killed; nil means no limit.
    package static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil, directory: String? = nil,
        input: [UInt8] = [], seconds: Int? = nil
    ) throws(SystemError) -> Outcome {
        Signals.ignorePipe()
        let child = try ChildProcess(
            path, arguments, environment: environment, directory: directory, input: .pipe, output: .pipe,
            errorOutput: .pipe)
        do {
            let deadline = seconds.map { Clock.monotonicNanoseconds + Int64($0) * 1_000_000_000 }
            return try child.finish(input: input, deadline: deadline)
        } catch {
            child.terminate(SIGKILL)
            try child.wait()
            throw error
        }
    }

    private func finish(input bytes: [UInt8], deadline: Int64?) throws(SystemError) -> Outcome {
        var printed: (output: [UInt8], errorOutput: [UInt8]) = ([], [])
        var rest = bytes[...]
        if rest.isEmpty { input = nil }
        try input?.setNonBlocking()
        while output != nil || errorOutput != nil {
            let interests = [output.map(Interest.read), errorOutput.map(Interest.read), input.map(Interest.write)]
            let left = deadline.map { Int(($0 - Clock.monotonicNanoseconds) / 1_000_000) }
            if let left, left <= 0 {
                terminate(SIGKILL)
                break
            }
            let ready = try POSIX.wait(for: interests.compactMap(\.self), milliseconds: left)
            var isReady = ready.makeIterator()
            if interests[0] != nil, isReady.next() == true { try drain(\.output, into: &printed.output) }
            if interests[1] != nil, isReady.next() == true { try drain(\.errorOutput, into: &printed.errorOutput) }
            if interests[2] != nil, isReady.next() == true { try feed(&rest) }
        }
        input = nil
        return Outcome(status: try wait(), output: printed.output, errorOutput: printed.errorOutput)
    }

    private func drain(
        _ end: ReferenceWritableKeyPath<ChildProcess, Descriptor?>, into bytes: inout [UInt8]
    ) throws(SystemError) {
        switch try self[keyPath: end]?.read(upTo: 65536) {
        case .bytes(let more): bytes += more
        case .end, nil: self[keyPath: end] = nil
        case .wouldBlock: break
        }
    }

    /// Writes as much as the pipe accepts. Closes it after the last byte, or when the program has closed its end.
    private func feed(_ rest: inout ArraySlice<UInt8>) throws(SystemError) {
        do {
            rest = rest.dropFirst(try input?.writeSome(rest) ?? 0)
        } catch {
            guard error.code == EPIPE else { throw error }
            rest = []
        }
        if rest.isEmpty { input = nil }
    }
}
