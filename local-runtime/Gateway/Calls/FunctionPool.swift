import Glibc
package import Logging
import Synchronization
package import System

/// The warm processes of all functions. One thread starts them, writes the calls to them and reads their answers; a
/// function that hangs, writes wrong lines or ends costs its own calls only.
package final class FunctionPool: Sendable {
    /// The calls and requests that callers pass to the thread.
    private struct Inbox {
        /// The calls of each function that have no answer yet, and the bytes of their inputs.
        var load: [String: (calls: Int, bytes: Int)] = [:]
        var arrived: [PendingCall] = []
        /// Whether the thread may be asleep, so that a new call has to wake it. Under load it seldom sleeps.
        var isAsleep = false
        var isClosing = false
        var isOver = false
        var whenOver: [@Sendable () -> Void] = []
    }

    private let programs: [String: FunctionProgram]
    private let inbox = Mutex(Inbox())
    private let waking: (read: Descriptor, write: Descriptor)
    private let metrics: GatewayMetrics

    /// - Throws: an error if there is no descriptor or no thread left.
    package init(
        _ programs: [FunctionProgram], metrics: GatewayMetrics, logger: Logger
    ) throws(SystemError) {
        self.programs = Dictionary(programs.map { ($0.name, $0) }) { $1 }
        self.metrics = metrics
        let pipe = try Descriptor.pipe()
        try pipe.read.setNonBlocking()
        try pipe.write.setNonBlocking()
        waking = (read: pipe.read, write: pipe.write)
        let isStarted = detachThread { [self] in
            var loop = PoolLoop(programs, metrics: metrics, logger: logger)
            run(&loop)
        }
        guard isStarted else { throw SystemError(call: "pthread_create", code: EAGAIN) }
    }

    /// The names of the functions that can be called.
    package var names: [String] { programs.keys.sorted() }

    /// Calls a function. `input` is one JSON object.
    package func call(_ name: String, _ input: [UInt8]) async -> Result<AnswerLine, Refusal> {
        await withCheckedContinuation { continuation in
            call(name, input) { continuation.resume(returning: $0) }
        }
    }

    /// Calls a function. `input` is one JSON object. `answered` is called once, on the pool's thread or before this
    /// returns; it must not block.
    package func call(
        _ name: String, _ input: [UInt8], answered: @escaping @Sendable (Result<AnswerLine, Refusal>) -> Void
    ) {
        guard let program = programs[name] else {
            return answered(.failure(Refusal(503, "unavailable", "\(name) is not installed here")))
        }
        let limits = program.limits
        let call = PendingCall(name, input, deadline: Instant.now + limits.patience) { [self] result in
            leave(name, input.count)
            answered(result)
        }
        switch enter(call, limits) {
        case .failure(let refusal): answered(.failure(refusal))
        case .success(let isAsleep): if isAsleep { wake() }
        }
    }

    /// Counts the call and passes it to the thread, unless there are too many.
    /// - Returns: whether the thread must be woken.
    private func enter(_ call: PendingCall, _ limits: FunctionLimits) -> Result<Bool, Refusal> {
        inbox.withLock { inbox in
            guard !inbox.isClosing else { return .failure(.unavailable("the gateway is shutting down")) }
            let load = inbox.load[call.function] ?? (0, 0)
            let bytes = load.bytes + call.input.count
            guard load.calls < limits.calls, load.calls == 0 || bytes <= limits.bytes else {
                return .failure(.unavailable("too many calls of \(call.function) are waiting; try again"))
            }
            inbox.load[call.function] = (load.calls + 1, bytes)
            inbox.arrived.append(call)
            defer { inbox.isAsleep = false }
            return .success(inbox.isAsleep)
        }
    }

    private func leave(_ name: String, _ bytes: Int) {
        inbox.withLock { inbox in
            let load = inbox.load[name] ?? (0, 0)
            inbox.load[name] = (load.calls - 1, load.bytes - bytes)
        }
    }

    /// For each function, the calls that have no answer yet.
    package var waiting: [String: Int] { inbox.withLock { $0.load.mapValues(\.calls) } }

    /// Accepts no further call, closes the functions' inputs, and returns when all processes have ended. Calls that
    /// were accepted before are answered.
    package func close() async {
        await withCheckedContinuation { continuation in close { continuation.resume() } }
    }

    /// Does the same without waiting; `over` is called when all processes have ended, on the pool's thread or before
    /// this returns.
    package func close(_ over: @escaping @Sendable () -> Void) {
        let isOver = inbox.withLock { inbox in
            inbox.isClosing = true
            if !inbox.isOver { inbox.whenOver.append(over) }
            return inbox.isOver
        }
        if isOver { over() } else { wake() }
    }

    /// A full pipe wakes the thread too, so that a failed write does no harm.
    private func wake() { _ = try? waking.write.writeSome([1]) }

    private func run(_ loop: inout PoolLoop) {
        while true {
            let (arrived, isClosing) = inbox.withLock { inbox in
                defer { inbox.arrived = [] }
                inbox.isAsleep = false
                return (inbox.arrived, inbox.isClosing)
            }
            loop.enqueue(arrived)
            if isClosing { loop.close() }
            let now = Instant.now
            loop.advance(now: now)
            if isClosing, loop.isOver { break }
            let mayArrive = inbox.withLock { inbox in
                inbox.isAsleep = inbox.arrived.isEmpty && inbox.isClosing == isClosing
                return !inbox.isAsleep
            }
            var interests: [Interest] = [.read(waking.read)]
            loop.watch(in: &interests)
            guard let ready = try? wait(for: interests, atMost: mayArrive ? .zero : loop.wait(from: now)) else {
                continue
            }
            if ready[0] { _ = try? waking.read.read(upTo: 4096) }
            loop.notice(ready)
        }
        let whenOver = inbox.withLock { inbox in
            inbox.isOver = true
            return inbox.whenOver
        }
        for over in whenOver { over() }
    }
}

/// The functions' processes and calls, as the pool's thread sees them.
struct PoolLoop {
    private var functions: [String: PooledFunction] = [:]
    /// The functions that have calls or processes.
    private var active: [PooledFunction] = []

    init(_ programs: [FunctionProgram], metrics: GatewayMetrics, logger: Logger) {
        for program in programs {
            functions[program.name] = PooledFunction(program, metrics: metrics, logger: logger)
        }
    }

    /// Adds the interests of the processes to a list that contains others too.
    func watch(in interests: inout [Interest]) { for function in active { function.watch(in: &interests) } }

    /// Reads in the results of the list which processes have written something.
    func notice(_ ready: [Bool]) { for function in active { function.notice(ready) } }

    var isOver: Bool { active.isEmpty }

    /// How long the thread may sleep; nil for as long as nothing happens.
    func wait(from now: Instant) -> Duration? {
        active.compactMap(\.wakeTime).min().map { max($0 - now, .zero) }
    }

    mutating func enqueue(_ calls: [PendingCall]) {
        for call in calls {
            guard let function = functions[call.function] else {
                call.answer(.failure(.unavailable("\(call.function) is not installed here")))
                continue
            }
            if function.isOver { active.append(function) }
            function.enqueue(call)
        }
    }

    func close() { for function in functions.values { function.close() } }

    mutating func advance(now: Instant) {
        for function in active { function.advance(now: now) }
        active.removeAll(where: \.isOver)
    }
}
