import FaultLedger
import Glibc
import JSON
import System
import TestSupport

/// A persistent caller of one function in its warm mode: it repeats calls without an answer, and those whose answer is
/// retryable. It is used by one thread.
final class WarmCaller {
    private let function: String
    private let environment: [String: String]
    private let log: String
    private var process: LineProcess?
    private var unwritten: ArraySlice<UInt8> = []
    private var open: [Int: JSON] = [:]
    /// The calls to be repeated, each with its time.
    private var again: [(number: Int, input: JSON, at: Instant)] = []
    private var lastAnswerAt: Instant = .distantPast

    /// A final answer: the number of its call, and the whole line.
    struct Answer {
        let number: Int
        let line: JSON
    }

    /// The nanoseconds without any answer after which the process counts as hung.
    private static let patience: Duration = .seconds(15)

    /// `log` is the path of the function's log.
    init(_ function: String, environment: [String: String], log: String) {
        self.function = function
        self.environment = environment
        self.log = log
    }

    /// The number of calls that wait for an answer or a repetition.
    var waiting: Int { open.count + again.count }
    var pid: CInt? { process?.pid }
    /// Readable when an answer has arrived.
    var output: Descriptor? { process?.output }

    func end() { process?.end(SIGTERM) }

    /// `number` is the number of the call, unique among all calls.
    func call(_ number: Int, _ input: JSON) {
        if open.isEmpty { lastAnswerAt = Instant.now }
        open[number] = input
        unwritten += (["id": .integer(number), "input": input] as JSON).bytes + [UInt8(ascii: "\n")]
    }

    /// Writes as much as the process accepts, and reads what has arrived. It does not wait.
    func turn() -> [Answer] {
        let now = Instant.now
        ensureProcess(now: now)
        let due = again.filter { $0.at <= now }
        again.removeAll { $0.at <= now }
        for one in due { call(one.number, one.input) }
        do {
            guard let process else { return [] }
            if !unwritten.isEmpty { unwritten = unwritten.dropFirst(try process.writeSome(unwritten)) }
            return try process.takeLines().compactMap(take)
        } catch {
            process?.end(SIGKILL)
            process = nil
            return []
        }
    }

    /// Starts a process if none runs, and repeats the calls that the last one did not answer.
    private func ensureProcess(now: Instant) {
        if !open.isEmpty, now - lastAnswerAt > WarmCaller.patience { process?.end(SIGKILL) }
        if let process, process.output != nil { return }
        process?.end(SIGKILL)
        unwritten = []
        again += open.sorted { $0.key < $1.key }.map { ($0.key, $0.value, now) }
        open = [:]
        let errorOutput = (try? Descriptor.open(log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600))
            .map(ChildProcess.Stream.descriptor)
        process = try? LineProcess(
            Programs.path(function), ["--stream"], environment: environment, errorOutput: errorOutput ?? .null)
    }

    private func take(_ bytes: [UInt8]) -> Answer? {
        guard let line = try? JSON(parsing: bytes, depth: JSON.depthLimit + 8), let number = line["id"]?.integer,
            let input = open.removeValue(forKey: number)
        else { return nil }
        lastAnswerAt = Instant.now
        guard line.at("error.retryable") == true else { return Answer(number: number, line: line) }
        again.append((number, input, Instant.now + .milliseconds(100)))
        return nil
    }
}
