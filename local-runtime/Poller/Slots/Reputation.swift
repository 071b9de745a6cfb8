import Domain

/// A poller's knowledge of a destination. It is also kept while nothing is owed. Times are monotonic nanoseconds.
struct Reputation {
    /// How many requests may be in flight: up to twice as many as it has answered together.
    private(set) var window = 1
    /// When the last answer came; nil if this poller has seen none.
    private(set) var answeredAt: Int64?
    /// Whether the last request got no answer.
    private(set) var hasFailed = false
    /// Requests in a row without an answer, as far as the database and this poller know.
    private(set) var failures = 0
    /// Whether it was blocked for its failures and may now be tried with one request at a time.
    private(set) var isHalfOpen = false
    private(set) var pace = Pace()

    /// Takes what the database says of it.
    mutating func learn(failures: Int, isHalfOpen: Bool) {
        self.failures = failures
        self.isHalfOpen = isHalfOpen
        if failures > 0 { fail() }
    }

    mutating func started(at now: Int64) { pace.started(at: now) }

    /// Takes the end of a request.
    /// - Parameters:
    ///   - start: when it was started.
    ///   - inFlight: how many were in flight, including this one.
    /// - Returns: the change that the other pollers must know; nil for none.
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
        /// It answers again; `pause` is the number of seconds that it asks for, or 0.
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
