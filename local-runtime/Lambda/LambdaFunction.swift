import Gateway
import Glibc
import System

/// The function that an environment of Lambda runs, as one warm process. Lambda freezes the process between two calls,
/// for seconds or for hours.
package final class LambdaFunction {
    package let name: String
    /// The program and its arguments before those of the function, such as a loader that is carried along.
    private let command: [String]
    private var environment: [String: String]
    private let freshAfter: Duration
    private var process: WarmProcess?
    /// When the last call ended, in milliseconds since 1970. It is a time of day because that clock, unlike the
    /// monotonic one, goes on while a process is frozen.
    private var lastUse: Int64 = 0
    private var lastID: UInt64 = 0

    /// The answer of a function's process to a call.
    typealias Answer = Result<[UInt8], Refusal>

    /// `command` is the path of the executable, possibly with a loader before it. A process that was idle for longer
    /// than `freshAfter` is replaced before the next call: its connection to the database may have been dropped by the
    /// network, which the process would notice only after minutes.
    package init(name: String, command: [String], environment: [String: String], freshAfter: Duration) {
        self.name = name
        self.command = command
        self.environment = environment
        self.freshAfter = freshAfter
    }

    /// Sets a variable for the processes that are started from now on.
    func set(_ name: String, to value: String?) { environment[name] = value }

    /// Runs the executable in its checking mode on one line.
    /// - Returns: its output; nil if it cannot be run.
    func check(_ line: [UInt8]) -> [UInt8]? {
        let outcome = try? ChildProcess.run(
            command[0], command.dropFirst() + ["--check"], environment: environment, input: line + [0x0A],
            timeout: .seconds(20))
        return outcome?.status == .exited(0) ? outcome?.output : nil
    }

    /// Calls the function with each of the inputs, all at once.
    /// - Returns: an answer for each input. The error `unavailable` for an input that has none at `end`, or whose process
    ///   has ended; the process is replaced then.
    func call(_ inputs: [[UInt8]], until end: Instant) -> [Answer] {
        var answers = [Answer?](repeating: nil, count: inputs.count)
        let first = lastID + 1
        lastID += UInt64(inputs.count)
        var lines: [[UInt8]] = []
        for (index, input) in inputs.enumerated() {
            do {
                // The function checks the size itself, and every field.
                try CallLine.check(input, limit: .max)
                lines.append(CallLine.make(id: first + UInt64(index), input: input))
            } catch {
                answers[index] = .failure(Refusal(error))
            }
        }
        if !lines.isEmpty {
            exchange(lines, until: end) { id, answer in
                guard id >= first, id <= lastID else { return false }
                answers[Int(id - first)] = answer
                return !answers.contains { $0 == nil }
            }
        }
        lastUse = WallClock.unixMilliseconds
        let isOver = end.remaining == .zero
        return answers.map { answer in
            answer
                ?? .failure(
                    .unavailable(
                        isOver
                            ? "\(name) has not answered before the time of this call was over; it may have done its work"
                            : "\(name) has ended before it answered; it may have done its work"))
        }
    }

    /// Writes the lines, and reads answers until `take` returns true. The process is dropped if it has not answered all.
    private func exchange(_ lines: [[UInt8]], until end: Instant, _ take: (UInt64, Answer) -> Bool) {
        var isDone = false
        do {
            let process = try ready()
            for line in lines { process.feed(line) }
            while !isDone, process.isOpen, end.remaining > .zero {
                if process.takesInput { try? process.write() }
                _ = try wait(for: process.interests, atMost: min(end.remaining, .seconds(3600)))
                try process.read { line in
                    guard let id = AnswerLine.id(of: line), let content = AnswerLine(Array(line)).content else {
                        return
                    }
                    switch content {
                    case .output(let output): isDone = take(id, .success(Array(output)))
                    case .error(let refusal): isDone = take(id, .failure(refusal))
                    }
                }
                if process.hasOverlongLine { break }
            }
        } catch {
            isDone = false
        }
        if !isDone { drop(SIGKILL) }
    }

    /// The process for the next call: the one that is there, unless it has ended or was idle for too long.
    private func ready() throws -> WarmProcess {
        if let process {
            let idle = Duration.milliseconds(WallClock.unixMilliseconds - lastUse)
            // A process that has ended meanwhile has closed its output.
            try process.read { _ in }
            if process.isOpen, process.takesInput, idle <= freshAfter { return process }
            drop(SIGTERM)
        }
        let started = try WarmProcess(command[0], command.dropFirst() + ["--stream"], environment: environment)
        process = started
        return started
    }

    /// Ends the process. Its input is closed, so that it finishes what it has unless the signal kills it.
    private func drop(_ signal: CInt) {
        process?.terminate(signal)
        _ = try? process?.finish()
        process = nil
    }

    /// Lets the process finish and end.
    func finish() {
        _ = try? process?.finish()
        process = nil
    }
}
