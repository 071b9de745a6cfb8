package import Domain
package import Postgres
import System

/// Leases the deliveries that may start at once.
package struct ClaimDeliveries: StoredCall {
    package let shares: [Outbox.Share]
    /// How long a claimed delivery belongs to the claimer.
    package let lease: Duration
    /// How long a later event of a conversion waits for an earlier one.
    package let orderHold: Duration
    /// The number of attempts and the waits between them; a delivery that is lost on its last attempt is dead.
    package let schedule: RetrySchedule

    package init(_ shares: [Outbox.Share], lease: Duration, orderHold: Duration, schedule: RetrySchedule) {
        self.shares = shares
        self.lease = lease
        self.orderHold = orderHold
        self.schedule = schedule
    }

    /// The claim's rows. Each row is in one of the lists.
    package struct Answer {
        package fileprivate(set) var claims: [Outbox.Claim] = []
        /// Owed deliveries whose ids finished ones already have; they are not sent before they get new ids.
        package fileprivate(set) var takenIDs: [Int] = []
        package fileprivate(set) var ended: [Outbox.EndedDelivery] = []
        package fileprivate(set) var unreadable: [Outbox.UnreadableClaim] = []

        package var isEmpty: Bool { claims.isEmpty && takenIDs.isEmpty && ended.isEmpty && unreadable.isEmpty }
    }

    package static let statement = Statement(name: "claim_deliveries", bytes: PackageResources.claim_deliveries_sql)

    package var arguments: Arguments {
        [
            "destination_ids": .integers(shares.map(\.destination)), "free_slots": .integers(shares.map(\.free)),
            "retry_slots": .integers(shares.map(\.retries)), "floors": .array(shares.map { $0.floor ?? "-infinity" }),
            "retry_floors": .array(shares.map { $0.retryFloor ?? "-infinity" }),
            "max_attempts": .int(schedule.attempts), "waits": .array(schedule.waits.map { String($0.seconds) }),
            "lease_seconds": .text(String(lease.seconds)), "order_hold_seconds": .text(String(orderHold.seconds)),
        ]
    }

    /// A row that cannot be read affects only its own delivery: the others are leased too, and no other poller would
    /// send them.
    package func answer(_ rows: Rows) -> Answer {
        var answer = Answer()
        for row in rows {
            do throws(PostgresError) {
                try answer.append(row)
            } catch {
                answer.unreadable.append(Outbox.UnreadableClaim(row, error))
            }
        }
        return answer
    }

    /// Why a delivery is not sent.
    fileprivate enum Obstacle: String, ColumnValue {
        /// Its last lease ran out.
        case lost
        /// A later event of its conversion was delivered first.
        case superseded
        case idTaken = "id_taken"
    }
}

extension ClaimDeliveries.Answer {
    fileprivate mutating func append(_ row: Row) throws(PostgresError) {
        let obstacle: ClaimDeliveries.Obstacle? = try row.optional("error_code")
        switch obstacle {
        case nil: claims.append(try Outbox.Claim(row))
        case .idTaken: takenIDs.append(try row.required("id"))
        case .lost: ended.append(try Outbox.EndedDelivery(row, failure: try Outbox.FailedDelivery(lost: row)))
        case .superseded: ended.append(try Outbox.EndedDelivery(row, failure: nil))
        }
    }
}

extension Outbox {
    /// How many deliveries may be claimed for a destination, and from which times on the claim searches.
    package struct Share: Equatable, Sendable {
        package let destination: Int
        package let free: Int
        /// How many of `free` retries may take.
        package let retries: Int
        /// The floor of first attempts: the claim searches from this `due_at` on. If it is nil, the claim searches all
        /// that are due.
        package let floor: String?
        /// The floor of retries.
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

        /// The same share with a lower limit.
        package func limited(to count: Int) -> Share {
            Share(
                destination: destination, free: min(free, count), retries: min(retries, count), floor: floor,
                retryFloor: retryFloor)
        }
    }

    /// A lease on one delivery, with the line that deliverPostback gets.
    package struct Claim: Sendable {
        /// The id of its line: delivery, lease and the postback's version.
        package let id: String
        package let delivery: Int
        package let leaseNumber: Int
        package let destination: Int
        package let postback: Int
        package let conversion: Int
        /// The number of the attempt that the lease is for, from 1.
        package let attempt: Int
        package let dueAt: String
        package private(set) var line: [UInt8]

        package init(
            id: String, delivery: Int, leaseNumber: Int, destination: Int, postback: Int, conversion: Int, attempt: Int,
            dueAt: String, line: [UInt8]
        ) {
            self.id = id
            self.delivery = delivery
            self.leaseNumber = leaseNumber
            self.destination = destination
            self.postback = postback
            self.conversion = conversion
            self.attempt = attempt
            self.dueAt = dueAt
            self.line = line
        }

        fileprivate init(_ row: Row) throws(PostgresError) {
            id = try row.required("line_id")
            delivery = try row.required("id")
            leaseNumber = try row.required("lease_no")
            destination = try row.required("destination_id")
            postback = try row.required("postback_id")
            conversion = try row.required("conversion_id")
            attempt = try row.required("attempt")
            dueAt = try row.required("due_at")
            line = try row.required("line")
        }

        package var isRetry: Bool { attempt > 1 }

        /// The claim without its line, once the line has been handed over.
        package var withoutLine: Claim {
            var claim = self
            claim.line = []
            return claim
        }
    }

    /// A delivery that ends without another attempt: dead because its last lease was lost, or skipped because a later
    /// event of its conversion was delivered first.
    package struct EndedDelivery {
        package let destination: Int
        package let postback: Int
        /// The report on a dead one; nil for an overtaken one.
        package let failure: FailedDelivery?

        package var isDead: Bool { failure != nil }

        fileprivate init(_ row: Row, failure: FailedDelivery?) throws(PostgresError) {
            destination = try row.required("destination_id")
            postback = try row.required("postback_id")
            self.failure = failure
        }
    }

    /// A row of a claim that cannot be read. Its lease must be given back.
    package struct UnreadableClaim {
        /// Nil if these columns cannot be read either. The lease then runs out, and the attempt is recorded as
        /// `unknown`.
        package let delivery: Int?
        package let leaseNumber: Int?
        package let error: PostgresError

        fileprivate init(_ row: Row, _ error: PostgresError) {
            delivery = try? row.optional("id")
            leaseNumber = try? row.optional("lease_no")
            self.error = error
        }
    }
}

extension Outbox.FailedDelivery {
    fileprivate init(lost row: Row) throws(PostgresError) {
        self.init(
            delivery: try row.required("id"), state: .dead, postback: try row.required("postback_id"),
            conversion: try row.required("conversion_id"), attempts: try row.required("attempt"),
            destination: try row.required("origin"), code: ClaimDeliveries.Obstacle.lost.rawValue)
    }
}
