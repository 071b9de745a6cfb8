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
        var ids = Parameter.null
        var filter = DeliveryFilter.none
        switch request.subject {
        case .deliveries(let list):
            ids = .integers(list)
            if let unknown = try database.run(.findUnresendable, [ids]).first?.text("unknown") {
                throw .notFound("deliveryIds", "there is no delivery \(unknown)")
            }
        case .filter(let given):
            filter = given
            try filter.requireKnown(in: database, at: Path.root.member("filter"))
        }
        let resend = Call(
            .resendDeliveries,
            [ids] + filter.parameters + [
                .optional(filter.since?.description), .optional(filter.until?.description), .bool(request.isForced),
                .text(request.after), .int(DeliveryResender.limit), .bool(request.isDryRun),
            ])
        let results = try database.run([[.plan(.automatic), resend]] + (request.isDryRun ? [] : wakeup.groups()))
        let row = results[0][1].first
        return Resent(
            owed: OwedAgain(row), madeDue: row?.integer("made_due") ?? 0,
            leftOut: row?.text("left_out").map(JSON.encoded) ?? [:])
    }
}
