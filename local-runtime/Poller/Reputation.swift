/// What is known of a destination, also while nothing is owed to it. Times are monotonic nanoseconds.
struct Reputation {
    /// As many in flight together as it has shown to answer.
    private(set) var window = 1
    /// The last answer; nil when this poller has seen none.
    private(set) var answeredAt: Int64?
    /// The last request got no answer.
    private(set) var hasFailed = false
    /// Requests in a row without an answer, as the database knows.
    private(set) var failures = 0
    /// It was blocked for that, and may be tried with one request at a time.
    private(set) var isHalfOpen = false
    /// Nothing is sent before.
    private(set) var blockedUntil: Int64 = .min
    private(set) var pace = Pace()

    /// What the database says of a destination that is not blocked.
    mutating func learn(failures: Int, isHalfOpen: Bool) {
        self.failures = failures
        self.isHalfOpen = isHalfOpen
        blockedUntil = .min
        if failures > 0 { fail() }
    }

    mutating func block(until time: Int64) { blockedUntil = time }

    mutating func started(at now: Int64) { pace.started(at: now) }

    /// A request has ended.
    /// - Parameters:
    ///   - start: when it was started.
    ///   - inFlight: how many were in flight, this one among them.
    /// - Returns: what the other pollers must know.
    mutating func ended(_ reaction: Reaction, start: Int64, inFlight: Int, at now: Int64) -> News? {
        switch reaction {
        case .untried: return nil
        case .failed:
            fail()
            failures += 1
            return .failure
        case .answered:
            pace.speedUp()
            return answer(inFlight: inFlight, pause: 0, at: now)
        case .overloaded(let pause):
            pace.slowDown(start: start, at: now)
            return answer(inFlight: inFlight, pause: pause, at: now)
        }
    }

    enum News: Equatable {
        case failure
        /// It answers again, or asks for a pause of so many seconds.
        case answer(pause: Double)
    }

    private mutating func fail() {
        hasFailed = true
        window = 1
    }

    private mutating func answer(inFlight: Int, pause: Double, at now: Int64) -> News? {
        defer { failures = 0 }
        answeredAt = now
        hasFailed = false
        isHalfOpen = false
        window = max(window, 2 * inFlight)
        return failures > 0 || pause > 0 ? .answer(pause: pause) : nil
    }
}
