package import Postbacks
package import Postgres

/// What a poller takes on.
extension Outbox {
    /// How much may be claimed for a destination, and from which times on to look.
    package struct Share: Equatable {
        package let destination: Int
        package let free: Int
        /// How many of them retries may take.
        package let retries: Int
        /// A `due_at` of a first attempt that was claimed already; nil looks through all that is due.
        package let floor: String?
        /// The same for retries.
        package let retryFloor: String?

        package init(
            destination: Int, free: Int, retries: Int? = nil, floor: String? = nil, retryFloor: String? = nil
        ) {
            self.destination = destination
            self.free = free
            self.retries = retries ?? free
            self.floor = floor
            self.retryFloor = retryFloor
        }

        /// The same with fewer.
        package func limited(to count: Int) -> Share {
            Share(
                destination: destination, free: min(free, count), retries: min(retries, count), floor: floor,
                retryFloor: retryFloor)
        }
    }

    /// - Parameters:
    ///   - lease: seconds for which what is claimed belongs to the claimer.
    ///   - orderHold: seconds that a later event of a conversion waits for an earlier one.
    ///   - schedule: how many attempts there may be; a delivery that is lost on its last one is dead.
    package static func claim(
        _ shares: [Share], lease: Double, orderHold: Double, schedule: RetrySchedule = .standard
    ) -> Call {
        Call(
            .claimDeliveries,
            [
                .integers(shares.map(\.destination)), .integers(shares.map(\.free)), .integers(shares.map(\.retries)),
                .array(shares.map { $0.floor ?? "-infinity" }), .array(shares.map { $0.retryFloor ?? "-infinity" }),
                .text(String(lease)), .text(String(orderHold)), .int(schedule.attempts),
                .array(schedule.waits.map { String($0) }),
            ])
    }

    /// A lease on one delivery, with the line that deliverPostback gets.
    package struct Claim {
        /// The id of its line: delivery, lease and the postback's version.
        package let id: String
        package let delivery: Int
        package let lease: Int
        package let destination: Int
        package let postback: Int
        package let conversion: Int
        /// The number of the attempt that it is for, from 1.
        package let attempt: Int
        package let dueAt: String
        package private(set) var line: [UInt8]

        package init(
            id: String, delivery: Int, lease: Int, destination: Int, postback: Int, conversion: Int, attempt: Int,
            dueAt: String, line: [UInt8]
        ) {
            self.id = id
            self.delivery = delivery
            self.lease = lease
            self.destination = destination
            self.postback = postback
            self.conversion = conversion
            self.attempt = attempt
            self.dueAt = dueAt
            self.line = line
        }

        package var isRetry: Bool { attempt > 1 }

        /// What is left to know once the line has been handed over.
        package var withoutLine: Claim {
            var claim = self
            claim.line = []
            return claim
        }
    }

    package static func claims(_ rows: Rows) -> [Claim] {
        rows.compactMap { row in
            guard let id = row.text("line_id"), id != takenMark else { return nil }
            return Claim(
                id: id, delivery: row.integer("id") ?? 0, lease: row.integer("lease_no") ?? 0,
                destination: row.integer("destination_id") ?? 0, postback: row.integer("postback_id") ?? 0,
                conversion: row.integer("conversion_id") ?? 0, attempt: row.integer("attempt") ?? 1,
                dueAt: row.text("due_at") ?? "", line: row.bytes("line") ?? [])
        }
    }

    /// Owed deliveries whose ids finished ones have already; nothing is sent of them before they have others.
    package static func takenIDs(_ rows: Rows) -> [Int] {
        rows.filter { $0.text("line_id") == takenMark }.compactMap { $0.integer("id") }
    }

    private static let takenMark = "taken"

    /// A delivery that ends without another attempt: dead because its last lease was lost, or else skipped because a later
    /// event of its conversion was delivered before it.
    package struct Burial {
        package let destination: Int
        package let postback: Int
        /// What is told of a dead one; nil for one that was overtaken.
        package let death: Ended?

        package var isDead: Bool { death != nil }
    }

    package static func burials(_ rows: Rows) -> [Burial] {
        rows.compactMap { row in
            guard row.text("line_id") == nil else { return nil }
            let postback = row.integer("postback_id") ?? 0
            let death = Ended(
                delivery: row.integer("id") ?? 0, state: "dead", postback: postback,
                conversion: row.integer("conversion_id") ?? 0, attempts: row.integer("attempt") ?? 0,
                destination: row.text("origin") ?? "", code: "lost")
            return Burial(
                destination: row.integer("destination_id") ?? 0, postback: postback,
                death: row.text("error_code") == death.code ? death : nil)
        }
    }
}
