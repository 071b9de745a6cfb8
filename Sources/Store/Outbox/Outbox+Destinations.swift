package import Postbacks
package import Postgres

/// What the pollers know of destinations, and tell one another.
extension Outbox {
    /// A destination to which something is due.
    package struct Destination {
        package let id: Int
        /// What may be in flight to it; nil for the poller's own setting.
        package let maxInFlight: Int?
        /// Requests in a row without an answer.
        package let failures: Int
        /// It was blocked for that, and may be tried with one request at a time.
        package let isHalfOpen: Bool
        /// Since when a first attempt is due that nobody has leased; nil for none.
        package let firstDue: String?
        /// The same for retries.
        package let retryDue: String?
        /// The database's time.
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
    }

    /// From which times on to look for what is due to a destination.
    package struct Floor {
        package let destination: Int
        package let first: String
        package let retries: String

        package init(destination: Int, first: String, retries: String) {
            self.destination = destination
            self.first = first
            self.retries = retries
        }
    }

    /// How far a look through the outbox has come: what is owed is looked through by destination, and for each first attempts
    /// before retries.
    package struct Place: Equatable {
        package let destination: Int
        package let isRetry: Bool

        package init(destination: Int, isRetry: Bool) {
            self.destination = destination
            self.isRetry = isRetry
        }

        package static let start = Place(destination: Int(Int32.min), isRetry: false)
    }

    /// Looks through a part of the outbox.
    /// - Parameters:
    ///   - heads: how many, at most; each is the first of what is owed to a destination, or the first retry.
    ///   - schedule: how long a destination that fails is tried with one request at a time.
    package static func findDestinations(
        behind place: Place = .start, heads: Int = 128, schedule: RetrySchedule = .standard
    ) -> Call {
        findDestinations(behind: place, heads: heads, among: [], schedule)
    }

    /// Looks for what is due to these only, behind their floors.
    package static func findDestinations(among known: [Floor], schedule: RetrySchedule = .standard) -> Call {
        findDestinations(behind: .start, heads: 0, among: known, schedule)
    }

    private static func findDestinations(
        behind place: Place, heads: Int, among known: [Floor], _ schedule: RetrySchedule
    ) -> Call {
        Call(
            .findDueDestinations,
            [
                .text(String(schedule.span)), .int(heads), .int(place.destination), .bool(place.isRetry),
                .integers(known.map(\.destination)), .array(known.map(\.first)), .array(known.map(\.retries)),
            ])
    }

    /// Behind which place the look goes on; nil when it has come to the end.
    package static func placeReached(_ rows: Rows) -> Place? {
        for row in rows {
            guard let destination = row.integer("walked_to"), let isRetry = row.bool("walked_again") else { continue }
            return Place(destination: destination, isRetry: isRetry)
        }
        return nil
    }

    package static func destinations(_ rows: Rows) -> [Destination] {
        rows.compactMap { row in
            guard let id = row.integer("id") else { return nil }
            let maximum = row.integer("max_in_flight") ?? 0
            return Destination(
                id: id, maxInFlight: maximum > 0 ? maximum : nil,
                failures: row.integer("failures") ?? 0, isHalfOpen: row.bool("half_open") ?? false,
                firstDue: row.text("first"), retryDue: row.text("retry"), lookedAt: row.text("looked_at") ?? "-infinity"
            )
        }
    }

    /// What was seen of a destination since its row was written last.
    package struct Mark: Equatable {
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

    /// - Parameter schedule: how long a destination that does not answer is blocked.
    package static func mark(_ marks: [Int: Mark], schedule: RetrySchedule) -> Call {
        // In one order, so that two pollers do not wait for each other.
        let marks = marks.sorted { $0.key < $1.key }
        return Call(
            .markDestinations,
            [
                .integers(marks.map(\.key)), .array(marks.map { $0.value.isAnswered ? "t" : "f" }),
                .integers(marks.map(\.value.failures)), .array(marks.map { String($0.value.pause) }),
                .array(schedule.waits.map { String($0) }),
            ])
    }

    /// What has become of a destination that was marked.
    package struct Standing {
        package let destination: Int
        package let origin: String
        package let failures: Int
        package let isHalfOpen: Bool
        /// Nothing goes to it for so many milliseconds.
        package let blockedMilliseconds: Int
        /// It has just been blocked because it does not answer.
        package let breaks: Bool
    }

    package static func standings(_ rows: Rows) -> [Standing] {
        rows.map { row in
            Standing(
                destination: row.integer("id") ?? 0, origin: row.text("origin") ?? "",
                failures: row.integer("failures") ?? 0, isHalfOpen: row.bool("half_open") ?? false,
                blockedMilliseconds: row.integer("blocked_ms") ?? 0, breaks: row.bool("breaks") ?? false)
        }
    }
}
