package import Postgres
import System

/// Stores that a poller is alive, and what it has counted since it started.
package struct RecordHeartbeat: StoredCall {
    /// A UUID.
    package let poller: String
    /// The name of the machine.
    package let host: String
    package let version: String
    /// The time since it started.
    package let uptime: Duration
    /// The reason why it cannot send; nil for none. The database keeps 500 characters.
    package let problem: String?
    package let counts: PollerCounts

    package init(
        _ poller: String, host: String, version: String, uptime: Duration, problem: String?, counts: PollerCounts
    ) {
        self.poller = poller
        self.host = host
        self.version = version
        self.uptime = uptime
        self.problem = problem
        self.counts = counts
    }

    package static let statement = Statement(name: "record_heartbeat", bytes: PackageResources.record_heartbeat_sql)

    package var arguments: Arguments {
        [
            "poller_id": .text(poller), "host": .text(String(host.prefix(255))), "version": .text(version),
            "uptime_seconds": .text(String(uptime.seconds)),
            "problem": .optional(problem.map { String($0.prefix(500)) }),
        ] + counts.arguments
    }
}

/// Removes a poller that has shut down cleanly.
package struct RemoveHeartbeat: StoredCall {
    package let poller: String

    package init(_ poller: String) { self.poller = poller }

    package static let statement = Statement(name: "remove_heartbeat", bytes: PackageResources.remove_heartbeat_sql)

    package var arguments: Arguments { ["poller_id": .text(poller)] }
}
