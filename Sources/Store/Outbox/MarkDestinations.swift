package import Postbacks
package import Postgres

/// Stores what a poller saw of destinations, and tells what follows for all pollers.
package struct MarkDestinations: StoredCall {
    /// By the destinations' ids.
    package let marks: [Int: Outbox.Mark]
    /// It says how long a destination that does not answer is blocked.
    package let schedule: RetrySchedule

    package init(_ marks: [Int: Outbox.Mark], schedule: RetrySchedule) {
        self.marks = marks
        self.schedule = schedule
    }

    package struct Answer {
        package fileprivate(set) var statuses: [Outbox.DestinationStatus] = []
        /// Why a status cannot be read; nil when all can.
        package fileprivate(set) var fault: PostgresError?
    }

    package static let statement = Statement(name: "mark_destinations", bytes: PackageResources.mark_destinations_sql)

    package var arguments: Arguments {
        // In one order, so that two pollers do not wait for each other.
        let marks = marks.sorted { $0.key < $1.key }
        return [
            "destination_ids": .integers(marks.map(\.key)),
            "answered": .array(marks.map { $0.value.isAnswered ? "t" : "f" }),
            "failures": .integers(marks.map(\.value.failures)), "pauses": .array(marks.map { String($0.value.pause) }),
            "waits": .array(schedule.waits.map { String($0) }),
        ]
    }

    /// A status that cannot be read costs the others nothing.
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
    /// What was seen of a destination since its row was written last.
    package struct Mark: Equatable, Sendable {
        /// It answered, whatever it said.
        package var isAnswered: Bool
        /// Requests without an answer, since the answer if there was one.
        package var failures: Int
        /// Seconds for which it asked to be left alone.
        package var pause: Double

        package init(isAnswered: Bool = false, failures: Int = 0, pause: Double = 0) {
            self.isAnswered = isAnswered
            self.failures = failures
            self.pause = pause
        }
    }

    /// The breaker's state of a destination, after it was marked.
    package struct DestinationStatus {
        package let destination: Int
        package let origin: String
        package let failures: Int
        package let isHalfOpen: Bool
        /// Nothing goes to it for so many milliseconds.
        package let blockedMilliseconds: Int
        /// It has just been blocked because it does not answer.
        package let breaks: Bool

        package init(
            destination: Int, origin: String, failures: Int, isHalfOpen: Bool, blockedMilliseconds: Int, breaks: Bool
        ) {
            self.destination = destination
            self.origin = origin
            self.failures = failures
            self.isHalfOpen = isHalfOpen
            self.blockedMilliseconds = blockedMilliseconds
            self.breaks = breaks
        }

        fileprivate init(_ row: Row) throws(PostgresError) {
            destination = try row.required("id")
            origin = try row.required("origin")
            failures = try row.required("failures")
            isHalfOpen = try row.required("half_open")
            blockedMilliseconds = try row.required("blocked_ms")
            breaks = try row.required("breaks")
        }
    }
}
