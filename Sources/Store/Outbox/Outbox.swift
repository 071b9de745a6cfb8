package import Postgres

/// What is owed, as a poller sees it: the calls that it sends, and what their rows mean. Effects are the poller's.
package enum Outbox {
    /// The channel on which commits announce that something is owed.
    package static let channel = Wakeup.channel

    /// The settings of a poller's session. On an empty queue that was just vacuumed the planner would take every
    /// statement's generic plan for a sequential scan, and keep it when the queue has grown.
    package static let sessionStatements = [
        "SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off", "SET enable_bitmapscan = off",
        "SET enable_sort = off", "SET enable_hashjoin = off", "SET enable_mergejoin = off", "SET jit = off",
        "SET statement_timeout = '60s'", "LISTEN \(Wakeup.channel)", Statement.checkPollerRights.sql,
    ]

    /// A destination to which something is due.
    package struct Destination {
        package let id: Int
        /// What may be in flight to it; nil for the poller's own setting.
        package let maxInFlight: Int?
    }

    package static let findDestinations = Call(.findDueDestinations)

    package static func destinations(_ rows: Rows) -> [Destination] {
        rows.map { row in
            let maximum = row.integer("max_in_flight") ?? 0
            return Destination(id: row.integer("id") ?? 0, maxInFlight: maximum > 0 ? maximum : nil)
        }
    }

    /// How much may be claimed for a destination, and from which time on to look.
    package struct Share: Equatable {
        package let destination: Int
        package let free: Int
        /// A `due_at` that was claimed already; nil looks through all that is due.
        package let floor: String?

        package init(destination: Int, free: Int, floor: String?) {
            self.destination = destination
            self.free = free
            self.floor = floor
        }
    }

    /// - Parameters:
    ///   - lease: seconds for which what is claimed belongs to the claimer.
    ///   - orderHold: seconds that a later event of a conversion waits for an earlier one.
    package static func claim(_ shares: [Share], lease: Double, orderHold: Double) -> Call {
        Call(
            .claimDeliveries,
            [
                .integers(shares.map(\.destination)), .integers(shares.map(\.free)),
                .array(shares.map { $0.floor ?? "-infinity" }), .text(String(lease)), .text(String(orderHold)),
            ])
    }

    /// A lease on one delivery, with the line that deliverPostback gets.
    package struct Claim {
        /// The id of its line: delivery, lease and the postback's version.
        package let id: String
        package let delivery: Int
        package let lease: Int
        package let destination: Int
        /// The number of the attempt that it is for, from 1.
        package let attempt: Int
        package let dueAt: String
        package let line: [UInt8]
    }

    package static func claims(_ rows: Rows) -> [Claim] {
        rows.map { row in
            Claim(
                id: row.text("line_id") ?? "", delivery: row.integer("id") ?? 0, lease: row.integer("lease_no") ?? 0,
                destination: row.integer("destination_id") ?? 0, attempt: row.integer("attempt") ?? 1,
                dueAt: row.text("due_at") ?? "",
                line: row.bytes("line") ?? [])
        }
    }

    /// - Parameter answers: lines of deliverPostback, `{"id":…,"output":{…}}`.
    package static func complete(_ answers: [[UInt8]], orderHold: Double) -> Call {
        let array = [UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        return Call(.completeDeliveries, [.utf8(array), .text(String(orderHold))])
    }

    /// What a batch of answers led to.
    package struct Completion {
        /// Answers whose lease was lost; they changed nothing.
        package let fenced: Int
        package let retrying: Int
        package let dead: Int
        /// Postbacks of which a delivery has died.
        package let dyingPostbacks: String?
        /// Postbacks that were paused; what they owe is to be held.
        package let pausedPostbacks: String?
    }

    package static func completion(_ rows: Rows) -> Completion {
        let row = rows.first
        return Completion(
            fenced: row?.integer("fenced") ?? 0, retrying: row?.integer("retrying") ?? 0,
            dead: row?.integer("dead") ?? 0, dyingPostbacks: row?.text("dying"),
            pausedPostbacks: row?.text("paused"))
    }

    /// Pauses those of the postbacks whose last deliveries all died, and holds what they owe (R13).
    package static func pauseDying(_ postbacks: String) -> Call { Call(.pauseDyingPostbacks, [.text(postbacks)]) }

    /// Holds what paused postbacks owe.
    package static func hold(_ pausedPostbacks: String) -> Call { Call(.holdPostbacks, [.text(pausedPostbacks)]) }

    /// Gives back leases that were never used.
    package static func release(_ claims: [Claim]) -> Call {
        Call(.releaseDeliveries, [.integers(claims.map(\.delivery)), .integers(claims.map(\.lease))])
    }

    /// Keeps the table small: the dead rows of what was claimed and finished.
    package static let vacuum = Call(Statement(name: "", sql: "VACUUM (TRUNCATE off) outbox"))

    /// What a moment between two transactions can leave behind: cancels what deleted postbacks owe, holds what paused ones
    /// owe, makes due what resumed ones hold and what waits for nothing any more, and moves what goes elsewhere by now.
    package static let mend = [Call(.cancelDeliveries), Call(.mendOutbox)]

    /// Makes the partitions of the days to come and drops those of attempts older than so many days.
    package static func maintainAttempts(keepDays: Int) -> Call {
        Call(Statement(name: "", sql: "SELECT maintain_attempts($1::int)"), [.int(keepDays)])
    }
}
