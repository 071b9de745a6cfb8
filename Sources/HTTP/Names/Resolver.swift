import Egress
import Synchronization
import System

/// Looks names up on a limited number of its own threads, so that a slow name delays only its own requests. A thread
/// that hangs blocks nobody.
///
/// Some threads are reserved for names that were found before, so that unknown names that never answer cannot use up
/// all of them.
final class Resolver: Sendable {
    typealias Answer = Result<[IPAddress], NameLookupFailure>

    struct Found {
        let name: String
        let answer: Answer
        /// When the answer came.
        let time: Instant
    }

    /// A descriptor that is readable when there are answers.
    let signal: Descriptor
    private let signalWriter: Descriptor
    private let threadLimit: Int
    private let lookUp: @Sendable (String) -> Answer
    private let doServersAnswer: @Sendable () -> Bool
    private let state = Mutex(State())

    private struct State {
        /// Names that wait for a thread: `known` were found before, `unknown` were not.
        var known: [String] = []
        var unknown: [String] = []
        var threads = 0
        /// The number of threads that are looking up unknown names.
        var unknownThreads = 0
        var answers: [Found] = []
        /// Whether the system's name servers answer, and when that check was started last.
        var servers: (answer: Bool, askedAt: Instant)?
    }

    /// `lookUp` looks a name up; it may block for long. `doServersAnswer` says whether any of the system's name servers
    /// answers; it may take a second.
    init(
        threads: Int = 64,
        lookUp: @escaping @Sendable (String) -> Answer = { name in
            lookUpAddresses(of: name).map { $0.compactMap { IPAddress(bytes: $0) } }
        },
        doServersAnswer: @escaping @Sendable () -> Bool = { NameServers.areReachable() }
    ) throws(SystemError) {
        (signal, signalWriter) = try Descriptor.pipe()
        try signal.setNonBlocking()
        try signalWriter.setNonBlocking()
        threadLimit = threads
        self.lookUp = lookUp
        self.doServersAnswer = doServersAnswer
    }

    /// Queues a lookup; `takeAnswers` returns the answer.
    func ask(_ name: String, isKnown: Bool) {
        let needsThread = state.withLock { state in
            if isKnown { state.known.append(name) } else { state.unknown.append(name) }
            guard state.threads < threadLimit else { return false }
            state.threads += 1
            return true
        }
        guard needsThread, !detachThread({ self.work() }) else { return }
        let hasNoThread = state.withLock { state in
            state.threads -= 1
            // The running threads will take the name from the queue.
            guard state.threads == 0 else { return false }
            state.known.removeAll { $0 == name }
            state.unknown.removeAll { $0 == name }
            let answer = Answer.failure(NameLookupFailure("no thread to look it up", isOfThisSystem: true))
            state.answers.append(Found(name: name, answer: answer, time: Instant.now))
            return true
        }
        if hasNoThread { raiseSignal() }
    }

    /// Starts a check whether the name servers answer; called when a lookup is slow.
    func askServers(now: Instant) {
        _ = detachThread {
            let answer = self.doServersAnswer()
            self.state.withLock { $0.servers = (answer, now) }
        }
    }

    /// Whether the last check was started at `time` or later, and no name server answered it.
    func areServersSilent(since time: Instant) -> Bool {
        state.withLock { $0.servers.map { !$0.answer && $0.askedAt >= time } ?? false }
    }

    /// Removes a name from the queue because no request waits for it any more.
    /// - Returns: false if its lookup has begun; its answer will still come.
    func cancel(_ name: String) -> Bool {
        state.withLock { state in
            let count = state.known.count + state.unknown.count
            state.known.removeAll { $0 == name }
            state.unknown.removeAll { $0 == name }
            return state.known.count + state.unknown.count < count
        }
    }

    func takeAnswers() -> [Found] {
        while case .bytes? = try? signal.read(upTo: 64) {}
        return state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    /// Looks names up until the queue has nothing left that this thread may take.
    private func work() {
        while let (name, isUnknown) = next() {
            let answer = lookUp(name)
            state.withLock { state in
                if isUnknown { state.unknownThreads -= 1 }
                state.answers.append(Found(name: name, answer: answer, time: Instant.now))
            }
            raiseSignal()
        }
    }

    private func next() -> (name: String, isUnknown: Bool)? {
        state.withLock { state in
            if !state.known.isEmpty { return (state.known.removeFirst(), false) }
            if !state.unknown.isEmpty, state.unknownThreads < max(1, threadLimit * 3 / 4) {
                state.unknownThreads += 1
                return (state.unknown.removeFirst(), true)
            }
            state.threads -= 1
            return nil
        }
    }

    /// Writes one byte. If the pipe is full, its reader is signalled already.
    private func raiseSignal() { _ = try? signalWriter.writeSome([1]) }
}
