package import JSON

/// A conversion's new status, and which conversion it is.
package struct StatusUpdate: Sendable {
    package let key: ConversionKey
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
        key = ConversionKey(&fields)
        status = fields.required("status", .conversionStatus)
        statusReason = fields.change("statusReason", Ornament.statusReason)
        payout = fields.change("payout", .money)
        revenue = fields.change("revenue", .money)
        saleAmount = fields.change("saleAmount", .money)
        expectedStatus = fields.optional("expectedStatus", .conversionStatus)
        warnings = fields.warnings
    }
}
