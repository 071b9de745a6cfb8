package import Input

/// A new status of a conversion, and the key that names the conversion.
package struct StatusUpdate: Sendable {
    package let key: ConversionKey
    package let status: ConversionStatus
    package let statusReason: Change<String>
    package let payout: Change<ExactDecimal>
    package let revenue: Change<ExactDecimal>
    package let saleAmount: Change<ExactDecimal>
    /// The update is refused while the stored status is another one, unless that is the new status already.
    package let expectedStatus: ConversionStatus?
    /// The fields that were put right or left out.
    package let warnings: [FieldWarning]

    package init(_ fields: inout Fields) {
        key = ConversionKey(&fields)
        status = fields.required(
            "status", .conversionStatus,
            "The new status: from pending to done or rejected, from done to rejected, from rejected to done. The present status changes nothing."
        )
        statusReason = fields.change(
            "statusReason", Ornament.statusReason, "The reason of the status; null clears it.")
        payout = fields.change("payout", .money, "What the affiliate earns; null clears it.")
        revenue = fields.change("revenue", .money, "What the network earns; null clears it.")
        saleAmount = fields.change("saleAmount", .money, "What the customer paid; null clears it.")
        expectedStatus = fields.optional(
            "expectedStatus", .conversionStatus, "Refuses the update if the stored status is a different one.")
        warnings = fields.warnings
    }
}
