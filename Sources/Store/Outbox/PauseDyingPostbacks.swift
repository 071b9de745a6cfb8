package import Postgres

/// Pauses those of the postbacks whose last ten deliveries all ended dead or failed, and holds what they owe (R13).
package struct PauseDyingPostbacks: StoredCall {
    package let postbacks: [Int]

    package init(_ postbacks: [Int]) { self.postbacks = postbacks }

    package static let statement = Statement(
        name: "pause_dying_postbacks", bytes: PackageResources.pause_dying_postbacks_sql)

    package var arguments: Arguments { ["postback_ids": .integers(postbacks)] }

    package func answer(_ rows: Rows) throws(PostgresError) -> [Outbox.Pause] {
        try rows.single().list("pauses", Outbox.Pause.init)
    }
}

/// Holds what paused postbacks owe.
package struct HoldPostbacks: StoredCall {
    package let postbacks: [Int]

    package init(_ postbacks: [Int]) { self.postbacks = postbacks }

    package static let statement = Statement(name: "hold_postbacks", bytes: PackageResources.hold_postbacks_sql)

    package var arguments: Arguments { ["postback_ids": .integers(postbacks)] }
}

extension Outbox {
    /// A postback that has just been paused.
    package struct Pause: Equatable {
        package let postback: Int
        /// Nil for every offer.
        package let offer: String?
        /// Nil for every affiliate.
        package let affiliate: String?
        package let reason: String

        init(_ item: JSONItem) throws(PostgresError) {
            postback = try item.required("postback")
            offer = try item.optional("offer")
            affiliate = try item.optional("affiliate")
            reason = try item.required("reason")
        }
    }
}
