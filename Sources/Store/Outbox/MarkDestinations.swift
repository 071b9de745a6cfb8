package import Domain
package import Postgres
import System

/// Stores what a poller observed of destinations, and returns the state that follows for all pollers.
package struct MarkDestinations: StoredCall {
    /// The marks by destination id.
    package let marks: [Int: Outbox.Mark]
    /// Its waits limit how long a destination that does not answer is blocked.
    package let schedule: RetrySchedule

    package init(_ marks: [Int: Outbox.Mark], schedule: RetrySchedule) {
        self.marks = marks
        self.schedule = schedule
    }

    package struct Answer {
        package fileprivate(set) var statuses: [Outbox.DestinationStatus] = []
        /// The error of a status that cannot be read; nil if all can.
        package fileprivate(set) var fault: PostgresError?
    }

    package static let statement = Statement(name: "mark_destinations", bytes: PackageResources.mark_destinations_sql)

    package var arguments: Arguments {
        // Sorted, so that two pollers do not deadlock.
        let marks = marks.sorted { $0.key < $1.key }
        return [
            "destination_ids": .integers(marks.map(\.key)),
            "answered": .array(marks.map { $0.value.isAnswered ? "t" : "f" }),
            "failures": .integers(marks.map(\.value.failures)),
            "pauses": .array(marks.map { String($0.value.pause.seconds) }),
            "waits": .array(schedule.waits.map { String($0.seconds) }),
        ]
    }

    /// A status that cannot be read does not affect the others.
    package func answer(_ rows: Rows) -> Answer {
        var answer = Answer()
        for row in rows {
            do throws(PostgresError) {
                answer.statuses.append(try Outbox.DestinationStatus(row))
            } catch {
                answer.fault = error
            }
        }
        return answer
    }
}

extension Outbox {
    /// The observations that a poller has made of a destination since its row was last written.
    package struct Mark: Equatable, Sendable {
        /// It answered, with any status.
        package var isAnswered: Bool
        /// The number of requests without an answer, since the last answer if there was one.
        package var failures: Int
        /// The pause that it asked for.
        package var pause: Duration

        package init(isAnswered: Bool = false, failures: Int = 0, pause: Duration = .zero) {
            self.isAnswered = isAnswered
            self.failures = failures
            self.pause = pause
        }
    }

    /// A destination's breaker state after a mark was stored.
    package struct DestinationStatus {
        package let destination: Int
        package let origin: String
        package let failures: Int
        package let isHalfOpen: Bool
        /// How long it stays blocked; zero if it is not.
        package let blocked: Duration
        /// It has just been blocked because it does not answer.
        package let breaks: Bool

        package init(
            destination: Int, origin: String, failures: Int, isHalfOpen: Bool, blocked: Duration, breaks: Bool
        ) {
            self.destination = destination
            self.origin = origin
            self.failures = failures
            self.isHalfOpen = isHalfOpen
            self.blocked = blocked
            self.breaks = breaks
        }

        fileprivate init(_ row: Row) throws(PostgresError) {
            destination = try row.required("id")
            origin = try row.required("origin")
            failures = try row.required("failures")
            isHalfOpen = try row.required("half_open")
            let milliseconds: Int = try row.required("blocked_ms")
            blocked = .milliseconds(milliseconds)
            breaks = try row.required("breaks")
        }
    }
}
