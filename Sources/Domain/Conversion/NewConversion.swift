package import Input
package import JSON

/// A conversion as a caller reports it.
package struct NewConversion: Sendable {
    package let offerID: String
    package let affiliateID: String
    package let goalID: String?
    package let transactionID: String?
    package let clickID: String?
    /// Nil counts as pending. In a repeat, nil is not compared with the stored status.
    package let status: ConversionStatus?
    package let statusReason: String?
    package let payout: ExactDecimal?
    package let revenue: ExactDecimal?
    package let saleAmount: ExactDecimal?
    package let currency: String?
    package let ip: String?
    package let country: String?
    package let userAgent: String?
    package let clickedAt: Timestamp?
    /// Nil means now, by the database's clock.
    package let occurredAt: Timestamp?
    /// Nil if it is left out or empty.
    package let params: JSON?
    /// Whether the event creates no deliveries, so that past conversions can be imported (R16).
    package let isSilent: Bool
    /// The warnings about fields that were corrected or left out.
    package let warnings: [FieldWarning]

    package init(_ fields: inout Fields) {
        offerID = fields.required("offerId", .identifier, "The offer.")
        affiliateID = fields.required("affiliateId", .identifier, "The affiliate that gets the credit.")
        goalID = fields.optional("goalId", .identifier, "The goal that was reached; one of the offer's.")
        transactionID = fields.optional(
            "transactionId", .trackingID,
            "The advertiser's id of the conversion. A conversion with the same offer, goal and transactionId is a repeat. This or clickId is required."
        )
        clickID = fields.optional(
            "clickId", .trackingID,
            "The affiliate's id of the click. Without a transactionId, it identifies repeats.")
        status = fields.optional("status", .conversionStatus, "Its first status; without it, pending.")
        statusReason = fields.optional("statusReason", Ornament.statusReason, "The reason of the status.")
        payout = fields.optional("payout", .money, "What the affiliate earns.")
        revenue = fields.optional("revenue", .money, "What the network earns.")
        saleAmount = fields.optional("saleAmount", .money, "What the customer paid.")
        currency = fields.optional("currency", .currency, "The currency of the amounts, such as USD.")
        ip = fields.optional("ip", Ornament.ip, "The visitor's address.")
        country = fields.optional("country", Ornament.country, "The visitor's country.")
        userAgent = fields.optional("userAgent", Ornament.userAgent, "The visitor's browser.")
        clickedAt = fields.optional("clickedAt", Ornament.time, "The time of the click.")
        occurredAt = fields.optional("occurredAt", Ornament.time, "The time of the conversion; without it, now.")
        let params =
            fields.optional(
                "params", Ornament.conversionParams,
                "Your own values, for {params.NAME}; sub1 to sub10 also for {sub1} to {sub10}.") ?? []
        self.params = params.isEmpty ? nil : .object(params.map { JSON.Member($0.name, .string($0.value)) })
        isSilent = fields.optional(
            "silent", .boolean, default: false, "Whether it fires no postbacks, so that history can be imported.")
        warnings = fields.warnings
        fields.require(
            oneOf: [.init("transactionId", and: ["clickId"]), .init("clickId")],
            "is missing, and so is clickId; one of them is required to recognise a repeat")
    }
}
