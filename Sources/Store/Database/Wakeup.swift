import Postgres
import System

/// Wakes the pollers after a commit, at most once in 50 ms: a commit with NOTIFY takes a lock that is shared by the
/// whole server, and a poller that was just woken queries the outbox often for a while by itself.
struct Wakeup {
    /// The channel that `wake_pollers` notifies.
    static let channel = "postbacks_outbox"
    private static let interval: Duration = .milliseconds(50)
    private var last: Instant?

    /// Adds the call behind the transactions that enqueue deliveries, unless the pollers were woken just now.
    mutating func add(to trip: inout RoundTrip) {
        let now = Instant.now
        if let last, now - last < Wakeup.interval { return }
        last = now
        trip.add(WakePollers())
    }
}

/// Wakes the pollers that listen.
struct WakePollers: StoredCall {
    static let statement = Statement(name: "wake_pollers", bytes: PackageResources.wake_pollers_sql)
}
