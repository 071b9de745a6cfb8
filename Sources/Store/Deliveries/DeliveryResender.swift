package import FunctionRuntime
package import JSON
import Postbacks
import Postgres

/// Which deliveries are to be owed again, or made due at once.
package struct ResendRequest: Sendable {
    package enum Subject: Sendable {
        case deliveries([Int])
        case filter(DeliveryFilter)
    }

    package let subject: Subject
    /// Delivered, skipped and overtaken ones too.
    package let isForced: Bool
    /// Only counts.
    package let isDryRun: Bool
    package let after: String

    package init(_ fields: inout Fields) {
        let ids = fields.optional("deliveryIds", .list(of: .madeHere, count: 1...DeliveryResender.limit))
        let filter = fields.optional("filter", .deliveryFilter)
        isForced = fields.optional("force", .boolean, default: false)
        isDryRun = fields.optional("dryRun", .boolean, default: false)
        after = fields.optional("after", .numberCursor) ?? "0"
        subject = ids.map(Subject.deliveries) ?? .filter(filter ?? .none)
        fields.require(oneOf: [.init("deliveryIds"), .init("filter")], "or filter is needed, and not both")
    }
}

/// What a resend came to.
package struct Resent {
    package let owed: OwedAgain
    /// Deliveries that waited and are due at once.
    package let madeDue: Int
    /// How many stay as they are, by reason.
    package let leftOut: JSON
}

/// Owes finished deliveries again: the same ids, attempts starting anew.
package final class DeliveryResender {
    /// How many deliveries one call owes at the most.
    package static let limit = 10_000

    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// Owes what failed or died again, and with force what was delivered, skipped or overtaken. What is owed already and waits
    /// is made due, so that a repeated call does no harm; what deleted postbacks cancelled stays cancelled.
    /// - Throws: `not_found`, naming the deliveries that are not there, or the ids that filter and are nobody's.
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
