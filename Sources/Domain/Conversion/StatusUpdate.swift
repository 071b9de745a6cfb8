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
            "What it becomes: of pending done or rejected, of done rejected, of rejected done. The same again changes nothing."
        )
        statusReason = fields.change(
            "statusReason", Ornament.statusReason, "Why the status is what it is; null clears it.")
        payout = fields.change("payout", .money, "What the affiliate earns; null clears it.")
        revenue = fields.change("revenue", .money, "What the network earns; null clears it.")
        saleAmount = fields.change("saleAmount", .money, "What the customer paid; null clears it.")
        expectedStatus = fields.optional(
            "expectedStatus", .conversionStatus, "Refuses the update while the stored status is another one.")
        warnings = fields.warnings
    }
}
