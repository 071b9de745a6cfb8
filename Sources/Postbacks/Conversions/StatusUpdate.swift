package import JSON

/// A conversion's new status, and which conversion it is.
package struct StatusUpdate: Sendable {
    package enum Subject: Sendable {
        case conversion(id: Int)
        case transaction(offerID: String, transactionID: String, goal: Goal)
        case click(offerID: String, clickID: String, goal: Goal)
    }

    /// Which of several conversions with one id.
    package enum Goal: Sendable {
        case any
        /// The one that has no goal.
        case none
        case one(String)
    }

    package let subject: Subject
    package let status: ConversionStatus
    package let statusReason: Change<String>
    package let payout: Change<Money>
    package let revenue: Change<Money>
    package let saleAmount: Change<Money>
    /// The update is refused while the stored status is another, unless it is the wanted one already.
    package let expectedStatus: ConversionStatus?
    /// What was put right or left out.
    package let warnings: [FieldWarning]

    package init(_ fields: inout Fields) {
        let conversionID = fields.optional("conversionId", .madeHere)
        let offerID = fields.optional("offerId", .identifier)
        let transactionID = fields.optional("transactionId", .trackingID)
        let clickID = fields.optional("clickId", .trackingID)
        let goal = Goal(fields.change("goalId", .identifier))
        status = fields.required("status", .conversionStatus)
        statusReason = fields.change("statusReason", Ornament.statusReason)
        payout = fields.change("payout", .money)
        revenue = fields.change("revenue", .money)
        saleAmount = fields.change("saleAmount", .money)
        expectedStatus = fields.optional("expectedStatus", .conversionStatus)
        warnings = fields.warnings

        fields.require(
            oneOf: [
                .init("conversionId"), .init("offerId", "transactionId", and: ["goalId"]),
                .init("offerId", "clickId", and: ["goalId"]),
            ],
            "must name the conversion in one way: by itself, or as offerId and transactionId, or as offerId and clickId (with goalId if need be; null is the one without a goal)"
        )
        subject =
            switch (conversionID, offerID, transactionID, clickID) {
            case (_, let offer?, let transaction?, _):
                .transaction(offerID: offer, transactionID: transaction, goal: goal)
            case (_, let offer?, _, let click?): .click(offerID: offer, clickID: click, goal: goal)
            default: .conversion(id: conversionID ?? 0)
            }
    }
}

extension StatusUpdate.Goal {
    /// Left out it is any; null is none.
    fileprivate init(_ given: Change<String>) {
        self =
            switch given {
            case .keep: .any
            case .clear: .none
            case .set(let id): .one(id)
            }
    }
}
