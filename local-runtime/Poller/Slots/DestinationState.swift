import Domain
import Store
import System

/// A claimed delivery that starts as soon as there is a slot for it.
struct WaitingClaim {
    let claim: Outbox.Claim
    /// When the claim's answer came.
    let claimedAt: Instant
    /// The time at which the lease began at the earliest.
    let leasedAt: Instant
}

/// A poller's knowledge of a destination: the requests in flight to it, the claims that wait here, where to look for
/// more, and how it has answered. Its health follows from that. It is also kept while nothing is owed. Times are
/// passed in.
struct DestinationState {
    /// The maximum of requests in flight that an operator has set.
    var maximum: Int
    /// The requests in flight, the oldest first.
    private(set) var flights: [Flight] = []
    private(set) var retriesInFlight = 0
    private(set) var waiting: [WaitingClaim] = []
    var first: DueKind
    var retries: DueKind
    /// Bytes of the line that was claimed last.
    private(set) var lineBytes = 0
    /// Twice the largest number of requests that were in flight when one of them was answered, since the last request
    /// without an answer.
    private var window = 1
    /// When the last answer came; nil if this poller has seen none.
    private var answeredAt: Instant?
    /// How long the destination took for its last answer.
    private var answerTime: Duration = .zero
    /// The answers that wait here until they are sent to the database.
    private(set) var answersWaiting = 0
    /// Whether the last request got no answer.
    private var hasFailed = false
    /// Requests in a row without an answer, as far as the database and this poller know.
    private var failures = 0
    /// Whether it was blocked for its failures and may now be tried with one request at a time.
    private var isHalfOpen = false
    private(set) var pace = Pace()

    struct Flight {
        let start: Instant
        let isRetry: Bool
        let bytes: Int
    }

    /// First attempts, or retries.
    struct DueKind {
        /// Whether some may be due.
        var isDue = false
        /// A `due_at` before which no row can be claimed.
        var floor: String

        /// - Parameter due: the `due_at` of the first row that is due; nil for none.
        mutating func found(_ due: String?) {
            guard let due else { return }
            isDue = true
            floor = due
        }
    }

    /// A change that the other pollers must know.
    enum HealthChange: Equatable {
        /// One more request got no answer.
        case failed
        /// The destination answers again, or asks for a pause. A pause of zero means that it asks for none.
        case answered(pause: Duration)
    }

    /// `floor` is the database's time when the destination was found.
    init(maximum: Int, floor: String) {
        self.maximum = maximum
        first = DueKind(floor: floor)
        retries = DueKind(floor: floor)
    }

    var taken: Int { flights.count + waiting.count }
    var retriesTaken: Int { retriesInFlight + retriesWaiting }
    var waitingBytes: Int { waiting.reduce(0) { $0 + $1.claim.line.count } }
    var retriesWaiting: Int { waiting.count(where: \.claim.isRetry) }
    var isOwed: Bool { first.isDue || retries.isDue }
    var isIdle: Bool { flights.isEmpty && waiting.isEmpty && answersWaiting == 0 && !isOwed }

    func health(at now: Instant) -> DestinationHealth {
        if hasFailed || isHalfOpen { return .failing }
        let isWaiting = flights.first.map { $0.start <= now - DestinationHealth.silence } ?? false
        let answeredAt = answeredAt ?? .distantPast
        if isWaiting, answeredAt <= now - DestinationHealth.silence { return .silent }
        if answeredAt <= now - DestinationHealth.memory { return .unknown }
        guard answeredAt > now - DestinationHealth.flow, pace.interval == .zero else { return .answering }
        return answerTime <= DestinationHealth.flow ? .quick : .flowing
    }

    /// How many requests to it may be in flight.
    func limit(_ ceilings: Ceilings) -> Int { min(ceilings.inFlight ?? window, maximum) }

    /// How many more requests may start. A poller that is killed repeats what is in flight and what has an answer that
    /// waits here: together no more than the maximum in flight.
    var room: Int { maximum - flights.count - answersWaiting }

    /// Whether a delivery that becomes due could start at once, as far as this destination goes.
    func isWorthALook(at now: Instant) -> Bool {
        let ceilings = health(at: now).ceilings
        return ceilings.isLookedFor && taken < limit(ceilings) && !(first.isDue && retries.isDue)
    }

    /// When the next request gives its slot back because it has waited too long; nil for never.
    func slotEnd(after now: Instant) -> Instant? {
        flights.first { $0.start > now - DestinationHealth.silence }.map { $0.start + DestinationHealth.silence }
    }
}

/// The claims that wait here.
extension DestinationState {
    mutating func wait(_ claims: [Outbox.Claim], since now: Instant, leasedAt: Instant) {
        waiting += claims.map { WaitingClaim(claim: $0, claimedAt: now, leasedAt: leasedAt) }
        for claim in claims { look(from: claim) }
        lineBytes = claims.last?.line.count ?? lineBytes
    }

    /// The index of the first waiting claim, or of the first that is no retry.
    func next(retryAllowed: Bool) -> Int? { waiting.firstIndex { retryAllowed || !$0.claim.isRetry } }

    /// Removes and returns the waiting claims that were claimed before a time.
    mutating func withdraw(claimedBefore time: Instant) -> [Outbox.Claim] {
        // The oldest come first.
        let rest = waiting.firstIndex { $0.claimedAt >= time } ?? waiting.count
        let withdrawn = waiting[..<rest].map(\.claim)
        waiting.removeFirst(rest)
        for claim in withdrawn.reversed() { look(from: claim) }
        return withdrawn
    }

    private mutating func look(from claim: Outbox.Claim) {
        if claim.isRetry { retries.floor = claim.dueAt } else { first.floor = claim.dueAt }
    }
}

/// The events that change its health.
extension DestinationState {
    /// Takes what the database says of it.
    mutating func learn(failures: Int, isHalfOpen: Bool) {
        self.failures = failures
        self.isHalfOpen = isHalfOpen
        if failures > 0 { fail() }
    }

    /// Notes that an answer waits here.
    mutating func keepAnswer() { answersWaiting += 1 }

    /// Notes that an answer is on its way to the database. There is none to note if the destination was forgotten since.
    mutating func sendAnswer() { answersWaiting = max(answersWaiting - 1, 0) }

    /// Starts a waiting claim.
    mutating func start(_ index: Int, at now: Instant) -> WaitingClaim {
        let next = waiting.remove(at: index)
        if next.claim.isRetry { retriesInFlight += 1 }
        flights.append(Flight(start: now, isRetry: next.claim.isRetry, bytes: next.claim.line.count))
        pace.started(at: now)
        return next
    }

    /// Takes the end of a request that was started at `start`.
    mutating func ended(_ claim: Outbox.Claim, start: Instant, _ reaction: Reaction, at now: Instant) -> HealthChange? {
        let inFlight = flights.count
        if let index = flights.firstIndex(where: { $0.start == start && $0.isRetry == claim.isRetry }) {
            flights.remove(at: index)
            if claim.isRetry { retriesInFlight -= 1 }
        }
        switch reaction {
        case .inconclusive: return nil
        case .unanswered:
            fail()
            failures += 1
            return .failed
        case .answered:
            pace.speedUp()
            return answered(inFlight: inFlight, pause: .zero, start: start, at: now)
        case .overloaded(let pause):
            pace.slowDown(start: start, at: now)
            return answered(inFlight: inFlight, pause: pause, start: start, at: now)
        }
    }

    private mutating func fail() {
        hasFailed = true
        window = 1
    }

    /// `inFlight` is the number of requests in flight, including the answered one.
    private mutating func answered(inFlight: Int, pause: Duration, start: Instant, at now: Instant) -> HealthChange? {
        defer { failures = 0 }
        answeredAt = now
        answerTime = now - start
        hasFailed = false
        isHalfOpen = false
        window = max(window, 2 * inFlight)
        return failures > 0 || pause > .zero ? .answered(pause: pause) : nil
    }
}
