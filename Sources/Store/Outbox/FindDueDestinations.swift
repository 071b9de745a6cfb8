package import Domain
package import Postgres
import System

/// Finds the destinations with due deliveries.
package struct FindDueDestinations: StoredCall {
    private let place: Outbox.Place
    private let heads: Int
    private let known: [Outbox.Floor]
    private let schedule: RetrySchedule

    /// Looks through a part of the outbox. It visits at most `heads` heads; a head is the first delivery of one kind,
    /// first attempts or retries, of one destination. The span of `schedule` limits for how long a failing destination
    /// is half open.
    package init(behind place: Outbox.Place = .start, heads: Int = 128, schedule: RetrySchedule) {
        self.place = place
        self.heads = heads
        known = []
        self.schedule = schedule
    }

    /// Looks for deliveries to these destinations only, from their floors on.
    package init(among known: [Outbox.Floor], schedule: RetrySchedule) {
        place = .start
        heads = 0
        self.known = known
        self.schedule = schedule
    }

    package struct Answer {
        package fileprivate(set) var destinations: [Outbox.Destination] = []
        /// The place behind which the next look starts; nil at the end of the outbox.
        package fileprivate(set) var reached: Outbox.Place?
        /// The error of a destination that cannot be read; nil if all can.
        package fileprivate(set) var fault: PostgresError?
    }

    package static let statement = Statement(
        name: "find_due_destinations", bytes: PackageResources.find_due_destinations_sql)

    package var arguments: Arguments {
        [
            "behind_destination": .int(place.destination), "behind_retries": .bool(place.isRetry), "heads": .int(heads),
            "destination_ids": .integers(known.map(\.destination)), "floors": .array(known.map(\.first)),
            "retry_floors": .array(known.map(\.retries)), "schedule_seconds": .text(String(schedule.span.seconds)),
        ]
    }

    /// A destination that cannot be read does not affect the others.
    package func answer(_ rows: Rows) -> Answer {
        var answer = Answer()
        for row in rows {
            do throws(PostgresError) {
                if let destination: Int = try row.optional("walked_to") {
                    answer.reached = Outbox.Place(
                        destination: destination, isRetry: try row.required("walked_again"))
                } else {
                    answer.destinations.append(try Outbox.Destination(row))
                }
            } catch {
                answer.fault = error
            }
        }
        return answer
    }
}

extension Outbox {
    /// A destination with due deliveries.
    package struct Destination {
        package let id: Int
        /// The limit of requests in flight to it; nil for the poller's own setting.
        package let maxInFlight: Int?
        /// The number of requests in a row without an answer.
        package let failures: Int
        /// It was blocked for these failures, and may be tried with one request at a time.
        package let isHalfOpen: Bool
        /// The earliest `due_at` of a first attempt that is due and not leased; nil if there is none.
        package let firstDue: String?
        /// The earliest `due_at` of a retry that is due and not leased; nil if there is none.
        package let retryDue: String?
        /// The database's time of the look.
        package let lookedAt: String

        package init(
            id: Int, maxInFlight: Int? = nil, failures: Int = 0, isHalfOpen: Bool = false, firstDue: String?,
            retryDue: String?, lookedAt: String
        ) {
            self.id = id
            self.maxInFlight = maxInFlight
            self.failures = failures
            self.isHalfOpen = isHalfOpen
            self.firstDue = firstDue
            self.retryDue = retryDue
            self.lookedAt = lookedAt
        }

        fileprivate init(_ row: Row) throws(PostgresError) {
            id = try row.required("id")
            maxInFlight = try row.optional("max_in_flight")
            failures = try row.required("failures")
            isHalfOpen = try row.required("half_open")
            firstDue = try row.optional("first")
            retryDue = try row.optional("retry")
            lookedAt = try row.required("looked_at")
        }
    }

    /// The times from which a look searches for due deliveries of a destination.
    package struct Floor: Sendable {
        package let destination: Int
        package let first: String
        package let retries: String

        package init(destination: Int, first: String, retries: String) {
            self.destination = destination
            self.first = first
            self.retries = retries
        }
    }

    /// The place that a look through the outbox has reached. The look goes by destination, and within one from first
    /// attempts to retries.
    package struct Place: Equatable, Sendable {
        package let destination: Int
        package let isRetry: Bool

        package init(destination: Int, isRetry: Bool) {
            self.destination = destination
            self.isRetry = isRetry
        }

        package static let start = Place(destination: Int(Int32.min), isRetry: false)
    }
}
