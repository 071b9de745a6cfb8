import Logging
import System

/// One function: the calls that wait, and its warm processes.
final class PooledFunction {
    private let program: FunctionProgram
    private let metrics: GatewayMetrics
    private let logger: Logger
    /// The calls of which no byte was written yet, in their order. Those before the index `taken` have been removed.
    private var queue: [PendingCall] = []
    private var taken = 0
    private var processes: [PooledProcess] = []
    private var isClosing = false
    private var backoff = Backoff(first: .milliseconds(50), longest: .seconds(5))
    private var restartTime: Instant = .distantPast
    private var lastStart: Instant = .distantPast
    private var nextLook: Instant = .distantPast

    /// How often to look whether the program's file has been replaced.
    private static let lookInterval: Duration = .milliseconds(200)

    init(_ program: FunctionProgram, metrics: GatewayMetrics, logger: Logger) {
        self.program = program
        self.metrics = metrics
        self.logger = logger
    }

    private var hasWaiting: Bool { taken < queue.count }

    func watch(in interests: inout [Interest]) { for process in processes { process.watch(in: &interests) } }

    func notice(_ ready: [Bool]) { for process in processes { process.notice(ready) } }

    /// Whether nothing waits and no process is left.
    var isOver: Bool { !hasWaiting && processes.isEmpty }

    /// The time at which `advance` must be called even if nothing happens.
    var wakeTime: Instant? {
        var times = processes.compactMap(\.wakeTime)
        if hasWaiting { times.append(queue[taken].deadline) }
        if hasWaiting { times.append(processes.isEmpty ? restartTime : max(nextLook, restartTime)) }
        return times.min()
    }

    func enqueue(_ call: PendingCall) { queue.append(call) }

    /// Lets the processes answer the calls that they have, and end.
    func close() { isClosing = true }

    func advance(now: Instant) {
        for process in processes { process.advance(now: now) }
        processes.removeAll { process in
            guard let end = process.end else { return false }
            ended(end, now: now)
            return true
        }
        dropLate(now: now)
        replaceOutdated(now: now)
        startIfNeeded(now: now)
        hand(now: now)
        for process in processes {
            if isClosing, !hasWaiting { process.finish(now: now) }
            process.write(now: now)
        }
    }

    /// A process that was asked to end has ended well; any other end counts as a failure of the function.
    private func ended(_ end: PooledProcess.End, now: Instant) {
        guard let reason = end.failure else { return }
        metrics.functionRestarted(program.name, reason: reason)
        logger.error(
            "a function's process ended",
            metadata: ["function": "\(program.name)", "reason": "\(reason)", "status": "\(end.status)"])
        // Processes that keep ending are started again after growing waits.
        if now - lastStart > .seconds(30) { backoff.succeed() }
        restartTime = now + backoff.fail()
    }

    /// Answers the calls that have waited too long. All calls of a function have the same time limit, so the first ones
    /// are late first.
    private func dropLate(now: Instant) {
        while hasWaiting, queue[taken].deadline <= now {
            queue[taken].answer(
                .failure(.unavailable("\(program.name) is busy, and the call was not begun; try again")))
            taken += 1
        }
        shorten()
    }

    private func shorten() {
        if taken == queue.count {
            queue.removeAll(keepingCapacity: taken <= 1024)
        } else if taken > 1024 {
            queue.removeFirst(taken)
        } else {
            return
        }
        taken = 0
    }

    private func startIfNeeded(now: Instant) {
        let count = processes.count { !$0.isRetired }
        guard hasWaiting, now >= restartTime, count < program.limits.processes + 1 else { return }
        let usable = processes.filter(\.takesCalls)
        // A second process is worth its memory only when the first one is busy.
        guard usable.isEmpty || (usable.count < program.limits.processes && usable.allSatisfy(\.isBusy)) else { return }
        start(now: now)
    }

    /// - Returns: whether a process was started.
    @discardableResult
    private func start(now: Instant) -> Bool {
        lastStart = now
        do throws(SystemError) {
            processes.append(try PooledProcess(program, logger: logger, now: now))
            return true
        } catch {
            logger.error(
                "a function cannot be started", metadata: ["function": "\(program.name)", "reason": "\(error)"])
            metrics.functionRestarted(program.name, reason: "not_started")
            restartTime = now + backoff.fail()
            return false
        }
    }

    /// Lets a program that has taken the place of the running one take over: it gets all calls of which no byte was
    /// written, and the processes of the former one answer those that they have. They go on if the new one does not
    /// start.
    private func replaceOutdated(now: Instant) {
        guard hasWaiting, now >= max(nextLook, restartTime) else { return }
        nextLook = now + PooledFunction.lookInterval
        let outdated = processes.filter(\.isOutdated)
        guard !outdated.isEmpty, start(now: now) else { return }
        for process in outdated { process.retire(now: now) }
        logger.notice("a function was replaced", metadata: ["function": "\(program.name)"])
    }

    /// Gives the waiting calls to the processes that have room, first to the one with the fewest calls.
    private func hand(now: Instant) {
        while hasWaiting {
            var free: PooledProcess?
            for process in processes where process.takesCalls && process.hasRoom {
                if process.callsInHand < free?.callsInHand ?? .max { free = process }
            }
            guard let free else { break }
            free.send(queue[taken], now: now)
            taken += 1
        }
        shorten()
    }
}
