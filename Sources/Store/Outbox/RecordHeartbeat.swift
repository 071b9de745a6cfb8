package import Postgres
import System

/// Stores that a poller is alive.
package struct RecordHeartbeat: StoredCall {
    /// A UUID.
    package let poller: String
    package let version: String
    /// The time since it started.
    package let uptime: Duration
    /// The reason why it cannot send; nil for none. The database keeps 500 characters.
    package let problem: String?

    package init(_ poller: String, version: String, uptime: Duration, problem: String?) {
        self.poller = poller
        self.version = version
        self.uptime = uptime
        self.problem = problem
    }

    package static let statement = Statement(name: "record_heartbeat", bytes: PackageResources.record_heartbeat_sql)

    package var arguments: Arguments {
        [
            "poller_id": .text(poller), "version": .text(version), "uptime_seconds": .text(String(uptime.seconds)),
            "problem": .optional(problem.map { String($0.prefix(500)) }),
        ]
    }
}

/// Removes a poller that has shut down cleanly.
package struct RemoveHeartbeat: StoredCall {
    package let poller: String

    package init(_ poller: String) { self.poller = poller }

    package static let statement = Statement(name: "remove_heartbeat", bytes: PackageResources.remove_heartbeat_sql)

    package var arguments: Arguments { ["poller_id": .text(poller)] }
}
