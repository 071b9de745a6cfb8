import Egress
import POSIX
import Synchronization

/// Looks names up on a bounded number of threads of its own, so that a slow name holds up nothing but its own requests. Nobody
/// waits for a thread that is stuck.
///
/// Names that were found before have some threads to themselves: strangers' names that never answer cannot take them all.
final class Resolver: Sendable {
    typealias Answer = Result<[IPAddress], NameLookupFailure>

    struct Found {
        let name: String
        let answer: Answer
        /// When it came, in the monotonic clock's nanoseconds.
        let time: Int64
    }

    /// Readable when there are answers.
    let signal: Descriptor
    private let bell: Descriptor
    private let threadLimit: Int
    private let lookUp: @Sendable (String) -> Answer
    private let doServersAnswer: @Sendable () -> Bool
    private let state = Mutex(State())

    private struct State {
        /// What waits for a thread: names that were found before, and the others.
        var known: [String] = []
        var strange: [String] = []
        var threads = 0
        /// How many of the threads are busy with strange names.
        var strangeThreads = 0
        var answers: [Found] = []
        /// Whether the system's name servers answer at all, and when that was asked last.
        var servers: (answer: Bool, askedAt: Int64)?
    }

    /// - Parameters:
    ///   - lookUp: may take long.
    ///   - doServersAnswer: whether any of the system's name servers answers any question; may take a second.
    init(
        threads: Int = 64,
        lookUp: @escaping @Sendable (String) -> Answer = { name in
            lookUpAddresses(of: name).map { $0.compactMap { IPAddress(bytes: $0) } }
        },
        doServersAnswer: @escaping @Sendable () -> Bool = { NameServers.areReachable() }
    ) throws(SystemError) {
        (signal, bell) = try Descriptor.pipe()
        try signal.setNonBlocking()
        try bell.setNonBlocking()
        threadLimit = threads
        self.lookUp = lookUp
        self.doServersAnswer = doServersAnswer
    }

    /// Asks for a name's addresses; the answer comes with `takeAnswers`.
    func ask(_ name: String, isKnown: Bool) {
        let needsThread = state.withLock { state in
            if isKnown { state.known.append(name) } else { state.strange.append(name) }
            guard state.threads < threadLimit else { return false }
            state.threads += 1
            return true
        }
        guard needsThread, !detachThread({ self.work() }) else { return }
        let isHopeless = state.withLock { state in
            state.threads -= 1
            // Those that run will come to it.
            guard state.threads == 0 else { return false }
            state.known.removeAll { $0 == name }
            state.strange.removeAll { $0 == name }
            let answer = Answer.failure(NameLookupFailure("no thread to look it up", isOfThisSystem: true))
            state.answers.append(Found(name: name, answer: answer, time: Clock.monotonicNanoseconds))
            return true
        }
        if isHopeless { ring() }
    }

    /// Asks whether the name servers answer, for what is slow.
    func askServers(now: Int64) {
        _ = detachThread {
            let answer = self.doServersAnswer()
            self.state.withLock { $0.servers = (answer, now) }
        }
    }

    /// Whether no name server of this system answered when that was asked last, at that time or later.
    func areServersSilent(since time: Int64) -> Bool {
        state.withLock { $0.servers.map { !$0.answer && $0.askedAt >= time } ?? false }
    }

    /// Takes back a name that nobody waits for any more.
    /// - Returns: false if its lookup has begun: its answer will come.
    func cancel(_ name: String) -> Bool {
        state.withLock { state in
            let count = state.known.count + state.strange.count
            state.known.removeAll { $0 == name }
            state.strange.removeAll { $0 == name }
            return state.known.count + state.strange.count < count
        }
    }

    func takeAnswers() -> [Found] {
        while case .bytes? = try? signal.read(upTo: 64) {}
        return state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    /// Until nothing waits that this thread may do.
    private func work() {
        while let (name, isStrange) = next() {
            let answer = lookUp(name)
            state.withLock { state in
                if isStrange { state.strangeThreads -= 1 }
                state.answers.append(Found(name: name, answer: answer, time: Clock.monotonicNanoseconds))
            }
            ring()
        }
    }

    private func next() -> (name: String, isStrange: Bool)? {
        state.withLock { state in
            if !state.known.isEmpty { return (state.known.removeFirst(), false) }
            if !state.strange.isEmpty, state.strangeThreads < max(1, threadLimit * 3 / 4) {
                state.strangeThreads += 1
                return (state.strange.removeFirst(), true)
            }
            state.threads -= 1
            return nil
        }
    }

    /// A full pipe rings already.
    private func ring() { _ = try? bell.writeSome([1]) }
}
