package import FunctionRuntime
package import JSON
import Postbacks
import Postgres

/// Which finished deliveries are to be owed again.
package struct ResendRequest: Sendable {
    package enum Subject: Sendable {
        case deliveries([Int])
        case filter(DeliveryFilter)
    }

    package let subject: Subject
    /// Delivered and skipped ones too.
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

/// Owes finished deliveries again: the same ids, attempts starting anew.
package final class DeliveryResender {
    /// How many deliveries one call owes at the most.
    package static let limit = 10_000

    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// Owes what failed or died again, and with force what was delivered or skipped. What is owed already stays as it is, so
    /// that a repeated call does no harm; what deleted postbacks cancelled stays cancelled.
    /// - Throws: `not_found`, naming the deliveries that are not there.
    package func resend(_ request: ResendRequest) throws(FunctionError) -> OwedAgain {
        var ids = Parameter.null
        var filter = DeliveryFilter.none
        switch request.subject {
        case .deliveries(let list):
            ids = .integers(list)
            if let unknown = try database.run(.findUnresendable, [ids]).first?.text("unknown") {
                throw .notFound("deliveryIds", "there is no delivery \(unknown)")
            }
        case .filter(let given): filter = given
        }
        let resend = Call(
            .resendDeliveries,
            [
                ids, .optional(filter.conversionID), .optional(filter.postbackID), .optional(filter.affiliateID),
                .optional(filter.state?.rawValue), .optional(filter.since?.description),
                .optional(filter.until?.description), .bool(request.isForced), .text(request.after),
                .int(DeliveryResender.limit), .bool(request.isDryRun),
            ])
        let results = try database.run([[resend]] + (request.isDryRun ? [] : wakeup.groups()))
        return OwedAgain(results[0][0].first)
    }
}
