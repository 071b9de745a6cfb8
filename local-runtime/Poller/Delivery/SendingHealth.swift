import System

/// Whether deliveries can be sent from here at all (R12): whether the delivery process runs and finds what it needs.
/// After a fault on this side the poller claims nothing for a while, instead of charging attempts to deliveries. Times
/// are passed in.
///
///     working ── it cannot be started, ends before its first answer, or 20 complaints in a row ──▶ resting
///     resting ── 1 s, 2 s, … 60 s ──▶ trying, one delivery at a time
///     trying ── an attempt is answered ──▶ working
///     trying ── the same again ──▶ resting, twice as long
struct SendingHealth {
    private enum State {
        case working
        /// Nothing is claimed before `end`; from then on one delivery at a time.
        case resting(end: Instant)
    }

    private var state = State.working
    private var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
    /// Complaints since the last attempt that was answered.
    private var complaints = 0

    /// How many complaints in a row show a fault of the whole poller rather than of single deliveries.
    private static let complaintLimit = 20

    /// How many deliveries may be claimed and in flight.
    enum Room: Equatable {
        case all, one, none
    }

    func room(at now: Instant) -> Room {
        switch state {
        case .working: .all
        case .resting(let end): now >= end ? .one : .none
        }
    }

    /// When there is room again; nil if there is room now.
    func wakeTime(after now: Instant) -> Instant? {
        if case .resting(let end) = state, end > now { end } else { nil }
    }

    /// To be called when the delivery process has answered an attempt.
    /// - Returns: true if it could not send before.
    mutating func answered() -> Bool {
        complaints = 0
        backoff.succeed()
        defer { state = .working }
        if case .resting = state { return true }
        return false
    }

    /// To be called when the delivery process has said that it cannot send.
    /// - Returns: for how long nothing is claimed, if a rest begins now.
    mutating func complained(at now: Instant) -> Duration? {
        complaints += 1
        switch state {
        case .working where complaints >= SendingHealth.complaintLimit: return rest(from: now)
        case .resting(let end) where now >= end: return rest(from: now)
        case .working, .resting: return nil
        }
    }

    /// To be called when the delivery process cannot be started, or has ended before its first answer.
    /// - Returns: for how long nothing is claimed.
    mutating func broke(at now: Instant) -> Duration { rest(from: now) }

    private mutating func rest(from now: Instant) -> Duration {
        let length = backoff.fail()
        state = .resting(end: now + length)
        return length
    }
}
