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
    /// The number of the heartbeat, from 1. One whose number was stored already adds no increments.
    package let number: Int
    package let increments: [Increment]

    /// An addition to a counter that all pollers share.
    package struct Increment: Sendable, Equatable {
        /// The name of the metric, without the prefix `postbacks_`.
        package let name: String
        /// The labels as in the text format of Prometheus, such as `outcome="retry",error="timeout"`; empty for none.
        package let labels: String
        package let value: Double

        package init(_ name: String, labels: String, _ value: Double) {
            self.name = name
            self.labels = labels
            self.value = value
        }
    }

    package init(
        _ poller: String, host: String, version: String, uptime: Duration, problem: String?, counts: PollerCounts,
        number: Int, increments: [Increment]
    ) {
        self.poller = poller
        self.host = host
        self.version = version
        self.uptime = uptime
        self.problem = problem
        self.counts = counts
        self.number = number
        self.increments = increments
    }

    package static let statement = Statement(name: "record_heartbeat", bytes: PackageResources.record_heartbeat_sql)

    package var arguments: Arguments {
        [
            "poller_id": .text(poller), "host": .text(String(host.prefix(255))), "version": .text(version),
            "uptime_seconds": .text(String(uptime.seconds)),
            "problem": .optional(problem.map { String($0.prefix(500)) }), "beat": .int(number),
            "names": .array(increments.map(\.name)), "labels": .array(increments.map(\.labels)),
            "increments": .array(increments.map { String($0.value) }),
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
