package import Input

/// Names a conversion by its own id, or by the ids with which it was recorded.
package enum ConversionKey: Sendable {
    case conversion(id: Int)
    case transaction(offerID: String, transactionID: String, goal: Goal)
    case click(offerID: String, clickID: String, goal: Goal)

    /// Selects one of several conversions with the same transaction or click.
    package enum Goal: Sendable {
        case any
        /// The conversion that has no goal.
        case none
        case one(String)
    }

    package init(_ fields: inout Fields) {
        let conversionID = fields.optional(
            "conversionId", .assignedID, "The conversion. Instead of it, offerId with transactionId or clickId.")
        let offerID = fields.optional("offerId", .identifier, "With transactionId or clickId.")
        let transactionID = fields.optional("transactionId", .trackingID, "With offerId.")
        let clickID = fields.optional("clickId", .trackingID, "With offerId.")
        let goal = Goal(
            fields.change(
                "goalId", .identifier,
                "Selects one of several conversions with that id; null selects the one without a goal."))
        fields.require(
            oneOf: [
                .init("conversionId"), .init("offerId", "transactionId", and: ["goalId"]),
                .init("offerId", "clickId", and: ["goalId"]),
            ],
            "must name the conversion in one way: conversionId alone, or offerId and transactionId, or offerId and clickId (goalId may be added; null is the one without a goal)"
        )
        self =
            switch (conversionID, offerID, transactionID, clickID) {
            case (_, let offer?, let transaction?, _):
                .transaction(offerID: offer, transactionID: transaction, goal: goal)
            case (_, let offer?, _, let click?): .click(offerID: offer, clickID: click, goal: goal)
            default: .conversion(id: conversionID ?? 0)
            }
    }

    /// The field that names the conversion.
    package var field: String {
        switch self {
        case .conversion: "conversionId"
        case .transaction: "transactionId"
        case .click: "clickId"
        }
    }
}

extension ConversionKey.Goal {
    /// A field that is left out means any goal, and null means none.
    fileprivate init(_ given: Change<String>) {
        self =
            switch given {
            case .keep: .any
            case .clear: .none
            case .set(let id): .one(id)
            }
    }
}
