package import JSON

/// A conversion as a caller reports it.
package struct NewConversion: Sendable {
    package let offerID: String
    package let affiliateID: String
    package let goalID: String?
    package let transactionID: String?
    package let clickID: String?
    /// Nil counts as pending, and claims nothing when the conversion is a repeat.
    package let status: ConversionStatus?
    package let statusReason: String?
    package let payout: Money?
    package let revenue: Money?
    package let saleAmount: Money?
    package let currency: String?
    package let ip: String?
    package let country: String?
    package let userAgent: String?
    package let clickedAt: Timestamp?
    /// Nil: now, by the database's clock.
    package let occurredAt: Timestamp?
    /// Nil when left out or empty.
    package let params: JSON?
    /// Whether its event owes nothing, so that history can be moved in.
    package let isSilent: Bool
    /// What was put right or left out.
    package let warnings: [FieldWarning]

    package init(_ fields: inout Fields) {
        offerID = fields.required("offerId", .identifier)
        affiliateID = fields.required("affiliateId", .identifier)
        goalID = fields.optional("goalId", .identifier)
        transactionID = fields.optional("transactionId", .trackingID)
        clickID = fields.optional("clickId", .trackingID)
        status = fields.optional("status", .conversionStatus)
        statusReason = fields.optional("statusReason", Ornament.statusReason)
        payout = fields.optional("payout", .money)
        revenue = fields.optional("revenue", .money)
        saleAmount = fields.optional("saleAmount", .money)
        currency = fields.optional("currency", .currency)
        ip = fields.optional("ip", Ornament.ip)
        country = fields.optional("country", Ornament.country)
        userAgent = fields.optional("userAgent", Ornament.userAgent)
        clickedAt = fields.optional("clickedAt", Ornament.time)
        occurredAt = fields.optional("occurredAt", Ornament.time)
        let params = fields.optional("params", Ornament.conversionParams) ?? []
        self.params = params.isEmpty ? nil : .object(params.map { JSON.Member($0.name, .string($0.value)) })
        isSilent = fields.optional("silent", .boolean, default: false)
        warnings = fields.warnings
        fields.require(
            oneOf: [.init("transactionId", and: ["clickId"]), .init("clickId")],
            "is missing, and so is clickId; one of them is needed to recognise a repeat")
    }
}
