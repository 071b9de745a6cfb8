import Domain
package import FunctionRuntime
package import Input
package import JSON
import Postgres

/// Which deliveries to enqueue again, or to make due at once.
package struct ResendRequest: Sendable {
    package enum Subject: Sendable {
        case deliveries([Int])
        case filter(DeliveryFilter)
    }

    package let subject: Subject
    /// Includes delivered, skipped and overtaken deliveries.
    package let isForced: Bool
    /// Only counts the deliveries.
    package let isDryRun: Bool
    package let after: String

    package init(_ fields: inout Fields) {
        let ids = fields.optional("deliveryIds", .list(of: .assignedID, count: 1...DeliveryResender.limit))
        let filter = fields.optional("filter", .deliveryFilter)
        isForced = fields.optional("force", .boolean, default: false)
        isDryRun = fields.optional("dryRun", .boolean, default: false)
        after = fields.optional("after", .numberCursor) ?? "0"
        subject = ids.map(Subject.deliveries) ?? .filter(filter ?? .none)
        fields.require(oneOf: [.init("deliveryIds"), .init("filter")], "or filter is required, but not both")
    }
}

/// The result of a resend.
package struct Resent {
    package let owed: OwedAgain
    /// The number of waiting deliveries that became due at once.
    package let madeDue: Int
    /// The numbers of deliveries that were left out, by reason.
    package let leftOut: JSON
}

/// Enqueues finished deliveries again, with the same ids and attempts starting anew.
package final class DeliveryResender {
    /// The maximum of deliveries that one call enqueues.
    package static let limit = 10_000

    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// Enqueues failed and dead deliveries again, and with force also delivered, skipped and overtaken ones. Deliveries
    /// that are still owed and wait become due at once, so a repeated call does no harm. Deliveries that were cancelled
    /// with their postback stay cancelled.
    /// - Throws: `not_found`, which names the deliveries, or the ids in the filter, that do not exist.
    package func resend(_ request: ResendRequest) throws(FunctionError) -> Resent {
        switch request.subject {
        case .deliveries(let ids):
            if let unknown = try database.run(FindUnresendable(deliveryIDs: ids)) {
                throw .notFound("deliveryIds", "there is no delivery \(unknown)")
            }
        case .filter(let filter): try filter.requireKnown(in: database, at: Path.root.member("filter"))
        }
        var trip = RoundTrip()
        let resend = trip.add(ResendDeliveries(request: request), planned: .automatic)
        if !request.isDryRun { wakeup.add(to: &trip) }
        return try database.run(trip).answer(resend)
    }
}
