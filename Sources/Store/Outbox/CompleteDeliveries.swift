package import Domain
package import Postgres
import System

/// Stores the answers of deliverPostback and their consequences.
package struct CompleteDeliveries: StoredCall {
    package let attempts: [Outbox.AttemptRecord]
    /// How long a later event of a conversion waits for an earlier one.
    package let orderHold: Duration
    /// A probe of a failing destination uses up no attempt while the destination has been failing for less than the
    /// span of this schedule.
    package let schedule: RetrySchedule

    package init(_ attempts: [Outbox.AttemptRecord], orderHold: Duration, schedule: RetrySchedule) {
        self.attempts = attempts
        self.orderHold = orderHold
        self.schedule = schedule
    }

    /// The result of a batch of answers.
    package struct Answer {
        /// The number of answers whose lease was lost; they changed nothing.
        package let fenced: Int
        package let delivered: Int
        package let retrying: Int
        package let dead: Int
        package let failed: Int
        package let skipped: Int
        /// The first 20 deliveries that ended dead or failed.
        package let failures: [Outbox.FailedDelivery]
        /// Postbacks of which a delivery in this batch ended dead or failed. Upkeep checks whether they must be paused
        /// (R13).
        package let postbacksToCheck: [Int]
        /// Postbacks that were paused; their deliveries are still to be held.
        package let pausedPostbacks: [Int]
        package let pauses: [Outbox.Pause]
        /// The milliseconds from becoming owed to the beginning of the first attempt, of each delivery that was attempted
        /// for the first time.
        package let firstAttempts: [Int]
        /// The milliseconds from becoming owed to the end of the last attempt, of each delivery that ended here and was
        /// not resent.
        package let completions: [Int]
    }

    package static let statement = Statement(
        name: "complete_deliveries", bytes: PackageResources.complete_deliveries_sql)

    package var arguments: Arguments {
        [
            "line_ids": .array(attempts.map(\.lineID)), "outcomes": .array(attempts.map(\.outcome)),
            "retry_seconds": .array(attempts.map(\.retrySeconds)),
            "pauses": .array(attempts.map { $0.pausesPostback ? "t" : "f" }),
            "sent": .array(attempts.map { $0.isSent.map { $0 ? "t" : "f" } }),
            "uncharged": .array(attempts.map { $0.isUncharged ? "t" : "f" }),
            "http_statuses": .array(attempts.map(\.httpStatus)), "error_codes": .array(attempts.map(\.errorCode)),
            "milliseconds": .array(attempts.map(\.milliseconds)), "requests": .json(attempts.map(\.request)),
            "responses": .json(attempts.map(\.response)), "errors": .json(attempts.map(\.error)),
            "timings": .json(attempts.map(\.timing)), "remote_addresses": .array(attempts.map(\.remoteAddress)),
            "schedule_seconds": .text(String(schedule.span.seconds)),
            "order_hold_seconds": .text(String(orderHold.seconds)),
        ]
    }

    package func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        let dying: IntegerArray? = try row.optional("dying")
        let paused: IntegerArray? = try row.optional("paused")
        let firstAttempts: IntegerArray? = try row.optional("first_attempts")
        let completions: IntegerArray? = try row.optional("completions")
        return Answer(
            fenced: try row.required("fenced"), delivered: try row.required("delivered"),
            retrying: try row.required("retrying"), dead: try row.required("dead"), failed: try row.required("failed"),
            skipped: try row.required("skipped"), failures: try row.list("ended", Outbox.FailedDelivery.init),
            postbacksToCheck: dying?.values ?? [], pausedPostbacks: paused?.values ?? [],
            pauses: try row.list("pauses", Outbox.Pause.init), firstAttempts: firstAttempts?.values ?? [],
            completions: completions?.values ?? [])
    }
}

extension Outbox {
    /// A delivery that ended without reaching its receiver.
    package struct FailedDelivery: Equatable {
        package let delivery: Int
        package let state: State
        package let postback: Int
        package let conversion: Int
        package let attempts: Int
        /// Scheme, host and port.
        package let destination: String
        /// The error code of the last attempt; nil if there is none.
        package let code: String?

        package enum State: String {
            case dead, failed
        }

        package init(
            delivery: Int, state: State, postback: Int, conversion: Int, attempts: Int, destination: String,
            code: String?
        ) {
            self.delivery = delivery
            self.state = state
            self.postback = postback
            self.conversion = conversion
            self.attempts = attempts
            self.destination = destination
            self.code = code
        }

        fileprivate init(_ item: JSONItem) throws(PostgresError) {
            self.init(
                delivery: try item.required("delivery"), state: try item.required("state"),
                postback: try item.required("postback"), conversion: try item.required("conversion"),
                attempts: try item.required("attempts"), destination: try item.required("destination"),
                code: try item.optional("code"))
        }
    }
}
