import POSIX
import Postgres

/// Wakes the pollers after a commit, at most once in 50 ms: NOTIFY takes a lock that all of PostgreSQL shares, and a poller
/// that was woken looks often enough by itself for a while.
struct Wakeup {
    static let channel = "postbacks_outbox"
    private static let interval: Int64 = 50_000_000
    private var last: Int64?

    /// The transaction to send behind the one that owes something: none, or one.
    mutating func groups() -> [[Call]] { call().map { [[$0.call]] } ?? [] }

    /// The call to send behind the transaction that owes something; nil where the pollers were woken just now.
    mutating func call() -> WakePollers? {
        let now = Clock.monotonicNanoseconds
        if let last, now - last < Wakeup.interval { return nil }
        last = now
        return WakePollers()
    }
}

struct WakePollers: StoredCall {
    static let statement = Statement(name: "wake_pollers", sql: "NOTIFY \(Wakeup.channel)")
}
