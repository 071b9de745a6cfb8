import Domain
import Postgres
import Store
import System

/// Searches the outbox on a connection of its own, as long as such searches ("looks") are slow. It connects at the
/// first look.
final class OutboxSearch {
    private let schedule: RetrySchedule
    private let link: DatabaseLink
    private var isUsed = false
    /// The time since which a look waits for a connection; nil if none waits.
    private var waitsSince: Instant?
    private var current: (ticket: RoundTrip.Ticket<FindDueDestinations>, startTime: Instant)?

    /// The end of a look.
    enum End {
        case found(Result<FindDueDestinations.Answer, PostgresError>, startTime: Instant)
        /// The connection was lost.
        case lost
    }

    init(_ settings: PollerSettings, log: PollerLog) {
        schedule = settings.schedule
        link = DatabaseLink(
            settings.connectionString, applicationName: "postbacks search",
            setup: Outbox.searchingSession(longest: settings.lease), answerTime: settings.lease + .seconds(5),
            reportsAtOnce: false, logger: log.logger)
    }

    var interests: [Interest] { isUsed ? link.interests : [] }

    func wakeTime(now: Instant) -> Instant? { isUsed ? link.wakeTime(now: now) : nil }

    /// Whether a look can start now, or waits for a connection, or has waited too long for one. The first call begins to
    /// connect.
    func readiness(now: Instant) -> Readiness {
        isUsed = true
        if link.idleConnection != nil {
            waitsSince = nil
            return .ready
        }
        let start = waitsSince ?? now
        waitsSince = start
        guard now - start > OutboxSearch.patience else { return .connecting }
        waitsSince = nil
        return .unavailable
    }

    /// Whether a look waits for a connection.
    var isConnecting: Bool { waitsSince != nil }

    enum Readiness { case ready, connecting, unavailable }

    /// The time that a look waits for a connection before the poller makes the look on its main connection.
    private static let patience: Duration = .seconds(5)

    /// - Returns: whether the look was started.
    func start(behind place: Outbox.Place, now: Instant) -> Bool {
        var trip = RoundTrip()
        let ticket = trip.add(FindDueDestinations(behind: place, schedule: schedule))
        guard link.start(trip, now: now) else { return false }
        current = (ticket, now)
        return true
    }

    /// Advances as far as possible without blocking.
    /// - Returns: the end of the look, once.
    func advance(now: Instant) -> End? {
        guard isUsed else { return nil }
        _ = link.advance(now: now)
        guard let (ticket, startTime) = current else { return nil }
        if let answers = link.answers(now: now) {
            current = nil
            do throws(PostgresError) {
                return .found(.success(try answers(ticket)), startTime: startTime)
            } catch {
                return .found(.failure(error), startTime: startTime)
            }
        }
        guard !link.isUp else { return nil }
        current = nil
        return .lost
    }
}
