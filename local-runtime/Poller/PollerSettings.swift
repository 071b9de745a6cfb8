import Configuration
package import Domain
package import FunctionRuntime
import Input
import Store
import System

/// The settings of a poller, read once.
package struct PollerSettings: Sendable {
    package let connectionString: String
    package let concurrency: Int
    package let destinationConcurrency: Int
    package let lease: Duration
    package let orderHold: Duration
    package let attemptDays: Int
    /// After how many days finished conversions are dropped; nil keeps them.
    package let historyDays: Int?
    package let schedule: RetrySchedule
    /// How long a stopped poller waits for its requests in flight.
    package let stopDeadline: Duration
    /// Nil if no alerts are sent.
    package let alertReceiver: AlertReceiver?

    package init(_ settings: Settings, connectionString: String) throws(FunctionError) {
        self.connectionString = connectionString
        concurrency = try settings(.concurrency)
        destinationConcurrency = try settings(.destinationConcurrency)
        lease = try settings(.lease)
        orderHold = try settings(.orderHold)
        historyDays = try settings(.historyDays)
        // No attempt outlives its delivery.
        attemptDays = min(try settings(.attemptDays), historyDays ?? .max)
        schedule = try settings(.retrySchedule)
        let timeout = try settings(.timeout)
        stopDeadline = timeout + .seconds(5)
        alertReceiver = try AlertReceiver(settings)
        guard lease >= timeout + .seconds(10) else {
            throw FunctionError(
                .misconfigured,
                "POSTBACKS_LEASE must exceed POSTBACKS_TIMEOUT by 10 seconds: \(lease.seconds) is not at least \(timeout.seconds) + 10"
            )
        }
    }
}

extension PollerSettings {
    /// How many requests a delivery process with this limit of open files can have in flight. Each needs a socket; the
    /// process needs some files for itself and for looking names up.
    package static func requests(openFiles: Int) -> Int { max(openFiles - 64, openFiles / 3, 1) }
}

extension Setting<Int> {
    package static var concurrency: Setting {
        .wholeNumber(
            "POSTBACKS_CONCURRENCY", default: "256", 1...4096,
            "requests in flight per poller; one that has waited for 250 ms does not count (at most 4096 in total)")
    }

    package static var destinationConcurrency: Setting {
        .wholeNumber(
            "POSTBACKS_DESTINATION_CONCURRENCY", default: "16", 1...4096,
            "requests in flight per poller to one destination")
    }

    package static var attemptDays: Setting {
        .wholeNumber("POSTBACKS_ATTEMPT_DAYS", default: "90", 1...36500, "days for which attempts are kept")
    }

    private static func wholeNumber(
        _ name: String, default fallback: String, _ range: ClosedRange<Int>, _ meaning: String
    ) -> Setting {
        Setting(name, default: fallback, meaning) { text throws(Invalid) in
            guard let value = Int(text), range.contains(value) else {
                throw Invalid(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound), such as \(fallback)")
            }
            return value
        }
    }
}

extension Setting<Int?> {
    package static var historyDays: Setting {
        Setting(
            "POSTBACKS_HISTORY_DAYS", whenMissing: "keep",
            "days after which finished conversions, events and deliveries are dropped; `postbacks prune` can export them before"
        ) { text throws(Invalid) in
            guard let text else { return nil }
            guard let days = Int(text), (1...36500).contains(days) else {
                throw Invalid("must be a whole number of days from 1 to 36500, such as 730")
            }
            return days
        }
    }
}

extension Setting<Duration> {
    package static var lease: Setting {
        Setting(
            "POSTBACKS_LEASE", default: "60",
            "seconds for which a claimed delivery belongs to its poller; must exceed the time-out by 10"
        ) { text throws(Invalid) in
            guard let seconds = Double(text), (1...86_400).contains(seconds) else {
                throw Invalid("must be seconds from 1 to 86400, such as 60")
            }
            return .seconds(seconds)
        }
    }
}
