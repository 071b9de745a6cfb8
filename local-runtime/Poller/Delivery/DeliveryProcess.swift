import Glibc
import Logging
import Store
import System

/// A warm deliverPostback: it takes lines as fast as it can and answers them in any order. When it ends by itself, it
/// is started again.
final class DeliveryProcess {
    private let program: Poller.DeliveryProgram
    private let logger: Logger
    private var process: WarmProcess?
    /// The processes whose program has been replaced, until they have ended.
    private var formers: [FormerProcess] = []
    private var nextLook: Instant = .distantPast
    private var queue: [Outbox.Claim] = []
    private var isClosing = false
    /// Whether the process was killed. Its end is then detected without waiting for the end of its output, because a
    /// child may keep the output open.
    private var isKilled = false
    private var crashes = CrashLoop()
    private var backoff = Backoff(first: .milliseconds(50), longest: .seconds(5))
    private var restartTime: Instant = .distantPast
    /// Whether the process that runs now has answered a line.
    private(set) var hasAnswered = false

    /// The highest number of bytes in an answer. A valid answer is always shorter, so a process that writes a longer
    /// line is killed.
    private static let lineLimit = 8 << 20
    /// The most bytes in one write. A single line may be longer.
    private static let writeBytes = 1 << 20
    private static let writeLines = 32
    /// How often to look whether the program's file has been replaced.
    private static let lookInterval: Duration = .milliseconds(200)
    /// How long to wait before a new program is tried again that does not start.
    private static let refusalInterval: Duration = .seconds(5)

    init(_ program: Poller.DeliveryProgram, logger: Logger) {
        self.program = program
        self.logger = logger
    }

    /// The claims of which no byte was written yet.
    var unsent: [Outbox.Claim] { queue }

    /// Bytes of the lines that were handed over and not written yet.
    var unwrittenBytes: Int {
        let written = formers.reduce(process?.unwrittenBytes ?? 0) { $0 + $1.unwrittenBytes }
        return queue.reduce(written) { $0 + $1.line.count }
    }

    var interests: [Interest] { formers.reduce(process?.interests ?? []) { $0 + $1.interests } }

    /// When to call `advance` even if no event has come; nil for never.
    var wakeTime: Instant? { process == nil && !isClosing ? restartTime : nil }

    /// Takes claims and writes as many of them as the process takes at once.
    func feed(_ claims: [Outbox.Claim]) {
        queue += claims
        writeOrKill()
    }

    /// Removes and returns those of the claims of which no byte was written.
    func takeBack(_ ids: Set<String>) -> [Outbox.Claim] {
        defer { queue.removeAll { ids.contains($0.id) } }
        return queue.filter { ids.contains($0.id) }
    }

    /// Removes and returns all claims of which no byte was written.
    func takeBackAll() -> [Outbox.Claim] {
        defer { queue = [] }
        return queue
    }

    /// The result of one turn.
    struct Turn {
        var lines: [[UInt8]] = []
        /// The lines of processes whose program has been replaced.
        var formerLines: [[UInt8]] = []
        /// The ids of the lines that such processes had and that ended. Most of them are answered.
        var formerIDs: Set<String> = []
        var end: End?
    }

    /// How the process ended. Lines that were written to it and not answered may have been sent or not.
    enum End {
        /// It could not be started.
        case notStarted(SystemError)
        /// - Parameter hasAnswered: whether it had answered a line before.
        case ended(ChildProcess.ExitStatus, hasAnswered: Bool)
    }

    /// To be called when the poller could read an answer.
    func noteAnswer() { hasAnswered = true }

    /// Starts the process if there is none, writes as much as it takes and reads what it has written.
    func advance(now: Instant) -> Turn {
        var turn = Turn()
        if process == nil, !isClosing, now >= restartTime { turn.end = start(now: now) }
        writeOrKill()
        let isGone = isKilled && (try? process?.poll()) != nil
        do {
            try process?.read { turn.lines.append(Array($0)) }
        } catch {
            process?.closeOutput()
        }
        advanceFormers(&turn)
        if process?.hasOverlongLine == true { kill("it wrote a line longer than \(DeliveryProcess.lineLimit) bytes") }
        if isGone { process?.closeOutput() }
        if let process, !process.isOpen, let status = reap(process) {
            turn.end = .ended(status, hasAnswered: hasAnswered)
        }
        if process != nil, hasAnswered, let loop = crashes.answers(at: now) {
            logger.notice(
                "the delivery process runs again", metadata: ["ends": "\(loop.ends)", "seconds": "\(loop.seconds)"])
        }
        return turn
    }

    /// Removes and returns the claims of which no byte was written, and lets the process finish the others.
    func close() -> [Outbox.Claim] {
        isClosing = true
        return takeBackAll()
    }

    /// Kills the process; a later turn reports its end.
    func kill(_ reason: String) {
        guard let process, !isKilled else { return }
        logger.error("ending the delivery process", metadata: ["reason": "\(reason)", "pid": "\(process.pid)"])
        killNow()
    }

    /// Kills everything that runs.
    func killAll(_ reason: String) {
        kill(reason)
        for former in formers { former.kill() }
    }

    /// Kills the processes that have one of the lines in hand. Those lines have no answer.
    func kill(having ids: Set<String>, _ reason: String) {
        let late = formers.filter { !$0.ids.isDisjoint(with: ids) }
        for former in late { former.kill() }
        if !ids.subtracting(formerIDs).isEmpty { kill(reason) }
    }

    /// Kills the process and its children.
    private func killNow() {
        isKilled = true
        process?.terminate(SIGKILL)
    }

    private func start(now: Instant) -> End? {
        // A process that keeps ending is started again after growing waits.
        if now - restartTime > .seconds(30) { backoff.succeed() }
        restartTime = now + backoff.fail()
        hasAnswered = false
        do throws(SystemError) {
            let process = try makeProcess()
            self.process = process
            logger.debug("delivery process started", metadata: ["pid": "\(process.pid)"])
            return nil
        } catch {
            return .notStarted(error)
        }
    }

    private func makeProcess() throws(SystemError) -> WarmProcess {
        try WarmProcess(
            program.path, ["--stream"], environment: program.environment, lineLimit: DeliveryProcess.lineLimit)
    }

    private func writeOrKill() {
        do throws(SystemError) {
            try write()
        } catch {
            // The process does not read any more: either it has ended, which the end of its output will show, or it is
            // stuck and must be killed.
            killNow()
        }
    }

    /// A line counts as written when it is handed to the process's pipe; until then it can be taken back.
    private func write() throws(SystemError) {
        while let process, process.takesInput {
            try process.write()
            if process.unwrittenBytes > 0 { return }
            if queue.isEmpty {
                if isClosing { process.closeInput() }
                return
            }
            let lines = Array(queue.prefix(DeliveryProcess.writeLines))
                .prefix(withinBytes: DeliveryProcess.writeBytes) { $0.line.count }
            for line in lines { process.feed(line.line) }
            queue.removeFirst(lines.count)
        }
    }

    private func logEnd(_ status: ChildProcess.ExitStatus, _ pid: CInt) {
        var metadata: Logger.Metadata = ["status": "\(status)", "pid": "\(pid)"]
        guard let loop = crashes.ended(at: .now) else {
            return logger.debug("the delivery process ended again", metadata: metadata)
        }
        guard loop.ends > 1 else { return logger.error("the delivery process ended", metadata: metadata) }
        metadata["ends"] = "\(loop.ends)"
        metadata["seconds"] = "\(loop.seconds)"
        logger.error("the delivery process keeps ending", metadata: metadata)
    }

    /// The exit status, once the process is gone.
    private func reap(_ process: WarmProcess) -> ChildProcess.ExitStatus? {
        process.terminate(SIGKILL)
        guard let status = try? process.finish() else { return nil }
        if !isClosing { logEnd(status, process.pid) }
        self.process = nil
        isKilled = false
        return status
    }
}

/// A program that takes the place of the one that runs.
extension DeliveryProcess {
    /// Whether the file of the running program has been replaced, and the new one is to take over.
    func isReplaced(now: Instant) -> Bool {
        guard program.isFollowed, let process, !isClosing, !isKilled, now >= nextLook else { return false }
        nextLook = now + DeliveryProcess.lookInterval
        return process.isReplaced
    }

    /// Starts the new program, which gets all claims of which no byte was written. The process that ran until now keeps
    /// the lines with the ids, of which it has every byte. It goes on if the new one does not start.
    func handOver(keeping ids: Set<String>) {
        guard let former = process else { return }
        do throws(SystemError) {
            let process = try makeProcess()
            formers.append(FormerProcess(former, with: ids))
            self.process = process
            hasAnswered = false
            logger.notice(
                "the delivery function was replaced", metadata: ["pid": "\(process.pid)", "finishing": "\(ids.count)"])
        } catch {
            nextLook = .now + DeliveryProcess.refusalInterval
            logger.error(
                "the new delivery function cannot be started; the one before it goes on",
                metadata: ["reason": "\(error)"])
        }
    }

    /// The ids of the lines that processes have whose program has been replaced. Some of them may be answered.
    var formerIDs: Set<String> { formers.reduce(into: []) { $0.formUnion($1.ids) } }

    private func advanceFormers(_ turn: inout Turn) {
        formers.removeAll { former in
            guard former.advance({ turn.formerLines.append(Array($0)) }) != nil else { return false }
            turn.formerIDs.formUnion(former.ids)
            return true
        }
    }
}
