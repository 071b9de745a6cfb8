import Glibc
import Logging
import System
import Text

/// One warm process of a function, with the calls that it was given and has not answered.
final class PooledProcess {
    private let program: FunctionProgram
    private let logger: Logger
    private let process: WarmProcess
    private var errors: ErrorLines
    /// The calls by the ids of their lines; nil for a call for which nobody waits any more, and whose answer may still
    /// come.
    private var calls: [UInt64: PendingCall?] = [:]
    /// The ids of the calls in the order of their deadlines; those that were answered are skipped.
    private var order: [UInt64] = []
    private var firstInOrder = 0
    private var lastID: UInt64 = 0
    /// The time at which the process last wrote something, or got a call after it had none.
    private var lastSign: Instant
    private var idleSince: Instant
    /// The indexes of its outputs in the pool's list of interests; nil if the pool does not wait for them.
    private var places: (output: Int?, errors: Int?) = (nil, nil)
    /// Whether it has written bytes that were not read yet.
    private var hasWritten: (output: Bool, errors: Bool) = (false, false)
    /// The reason why the process was killed; nil if it was not.
    private var killReason: String?
    /// The time at which it was asked to end; nil if it was not.
    private var finishTime: Instant?
    /// Whether another program has taken its place. It answers the calls that it has, and ends.
    private(set) var isRetired = false
    /// Its end; nil while it runs.
    private(set) var end: End?

    struct End {
        let status: ChildProcess.ExitStatus
        /// A word for metrics; nil if it was asked to end.
        let failure: String?
    }

    init(_ program: FunctionProgram, logger: Logger, now: Instant) throws(SystemError) {
        self.program = program
        self.logger = logger
        process = try WarmProcess(
            program.path, ["--stream"], environment: program.environment, lineLimit: program.limits.lineBytes,
            keepsErrors: true)
        errors = ErrorLines(function: program.name, now: now)
        lastSign = now
        idleSince = now
        logger.debug("a function was started", metadata: ["function": "\(program.name)", "pid": "\(process.pid)"])
    }

    var callsInHand: Int { calls.count }
    var takesCalls: Bool {
        killReason == nil && finishTime == nil && !isRetired && process.takesInput && process.isOpen
    }
    /// Whether its program's file has been replaced.
    var isOutdated: Bool { takesCalls && process.isReplaced }
    var hasRoom: Bool { calls.count < program.limits.linesInHand && process.unwrittenBytes < 1 << 20 }
    /// Whether it has so many calls that another process would help.
    var isBusy: Bool { calls.count >= min(8, program.limits.linesInHand) }

    /// Adds its interests to a list that contains others too.
    func watch(in interests: inout [Interest]) {
        // The output is the first interest of a process that has one.
        places.output = process.isOpen ? interests.count : nil
        interests += process.interests
        places.errors = nil
        if let output = process.errorOutput, !errors.isPaused {
            places.errors = interests.count
            interests.append(.read(output))
        }
    }

    /// Reads its own results in those of the list.
    func notice(_ ready: [Bool]) {
        if let place = places.output, ready[place] { hasWritten.output = true }
        if let place = places.errors, ready[place] { hasWritten.errors = true }
    }

    var wakeTime: Instant? {
        // A killed process is reaped soon, even if a child of it keeps its output open.
        if killReason != nil { return .now + .milliseconds(50) }
        var times: [Instant] = []
        if let id = firstWaiting, let call = calls[id] ?? nil { times.append(call.deadline) }
        if !calls.isEmpty { times.append(lastSign + program.limits.silence) }
        if calls.isEmpty { times.append((finishTime ?? idleSince) + program.limits.idleTime) }
        if let finishTime { times.append(finishTime + program.limits.endTime) }
        if let resumption = errors.resumption { times.append(resumption) }
        return times.min()
    }

    /// Adds the call to what is written to the process.
    func send(_ call: PendingCall, now: Instant) {
        if calls.isEmpty { lastSign = now }
        lastID += 1
        calls[lastID] = call
        order.append(lastID)
        process.feed(CallLine.make(id: lastID, input: call.input))
    }

    func write(now: Instant) {
        do throws(SystemError) {
            try process.write()
        } catch {
            // The process does not read any more: either it has ended, which the end of its output shows, or it is
            // stuck.
            kill("closed_input")
        }
        // No other event would wake the thread for this.
        if finishTime != nil, process.unwrittenBytes == 0 { process.closeInput() }
    }

    /// Lets the process answer its calls, and end.
    func finish(now: Instant) {
        guard finishTime == nil else { return }
        // Its input is closed once everything is written.
        finishTime = now
    }

    /// Gives it no further calls. Its input stays open until it has answered those that it has, so that they have the
    /// time of every call.
    func retire(now: Instant) {
        isRetired = true
        if calls.isEmpty { finish(now: now) }
    }

    func advance(now: Instant) {
        if hasWritten.errors || errors.isPaused { readErrors(now: now) }
        let isGone = killReason != nil && (try? process.poll()) != nil
        if hasWritten.output { readAnswers(now: now) }
        hasWritten = (false, false)
        if process.hasOverlongLine { kill("line_too_long") }
        if isGone { process.closeOutput() }
        answerLate(now: now)
        checkSilence(now: now)
        if calls.isEmpty, finishTime == nil, killReason == nil {
            if isRetired || now - idleSince >= program.limits.idleTime { finish(now: now) }
        }
        if !process.isOpen { reap() }
    }

    private func readAnswers(now: Instant) {
        do {
            try process.read { line in
                lastSign = now
                answer(line)
            }
        } catch {
            process.closeOutput()
        }
    }

    private func answer(_ line: ArraySlice<UInt8>) {
        guard killReason == nil, !line.isBlankLine else { return }
        guard let id = AnswerLine.id(of: line), let call = calls.removeValue(forKey: id) else {
            return kill("unknown_answer")
        }
        if calls.isEmpty { idleSince = lastSign }
        call?.answer(.success(AnswerLine(Array(line))))
    }

    /// The first call in the order of deadlines for which somebody still waits.
    private var firstWaiting: UInt64? { firstInOrder < order.count ? order[firstInOrder] : nil }

    /// Answers the calls whose time is over. It is not known whether the function still executes them.
    private func answerLate(now: Instant) {
        while let id = firstWaiting {
            if let call = calls[id] ?? nil {
                guard call.deadline <= now else { break }
                calls[id] = .some(nil)
                let seconds = program.limits.patience.wholeSeconds
                call.answer(
                    .failure(
                        .unavailable(
                            "\(program.name) did not answer within \(seconds) s; it may have done its work all the same"
                        )))
            }
            firstInOrder += 1
        }
        if firstInOrder == order.count || firstInOrder > 1024 {
            order.removeFirst(firstInOrder)
            firstInOrder = 0
        }
    }

    private func checkSilence(now: Instant) {
        if !calls.isEmpty, now - lastSign >= program.limits.silence { kill("silent") }
        if let finishTime, now - finishTime >= program.limits.endTime { kill("did_not_end") }
    }

    /// Kills the process and its children. Its calls are answered at once.
    private func kill(_ reason: String) {
        guard killReason == nil else { return }
        killReason = reason
        process.terminate(SIGKILL)
        fail()
    }

    private func fail() {
        let refusal = Refusal.unavailable(
            "\(program.name) ended before it answered; it may have done its work all the same")
        for call in calls.values { call?.answer(.failure(refusal)) }
        calls = [:]
    }

    private func reap() {
        guard end == nil else { return }
        fail()
        process.terminate(SIGKILL)
        process.closeErrorOutput()
        guard let status = try? process.finish() else { return }
        let isAsked = finishTime != nil && killReason == nil
        end = End(status: status, failure: isAsked ? nil : killReason ?? "ended")
    }

    private func readErrors(now: Instant) {
        guard let output = process.errorOutput else { return }
        if !errors.forward(output, now: now) { process.closeErrorOutput() }
    }
}
