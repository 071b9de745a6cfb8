package import Input
import JSON

/// A postback as a caller asks for it.
package struct NewPostback: Sendable {
    /// Nil stands for every offer of the affiliate.
    package let offerID: String?
    /// Nil stands for every affiliate of the offer.
    package let affiliateID: String?
    package let goalID: String?
    package let conversionStatus: ConversionStatus
    package let template: RequestTemplate
    package let isActive: Bool
    /// Whether an event is sent even if a later one of its conversion was delivered to the same destination (R10).
    package let sendsOvertaken: Bool
    package let idempotencyKey: String?
    /// The input without the idempotency key, in a form that depends neither on the order of members nor on whether
    /// defaults are written out. It contains secrets.
    package let canonicalInput: [UInt8]
    /// The input in the form that the first release stored, which depends on whether defaults are written out.
    package let literalInput: [UInt8]

    /// The id that stands for all offers or all affiliates.
    package static let all = "*"

    package init(_ fields: inout Fields) {
        let offer = fields.required(
            "offerId", .identifier, "The offer on whose conversions it fires; \"*\" is every offer of the affiliate.")
        let affiliate = fields.required(
            "affiliateId", .identifier,
            "The affiliate on whose conversions it fires; \"*\" is every affiliate of the offer, for the network's own postback."
        )
        goalID = fields.optional(
            "goalId", .identifier,
            "Only conversions of this goal; without it, of every goal. The offer's goals must be on.")
        conversionStatus = fields.required(
            "conversionStatus", .conversionStatus, "It fires when a conversion changes to this status.")
        template = RequestTemplate(&fields, from: .caller)
        isActive = fields.optional(
            "active", .boolean, default: true,
            "Whether it fires on new events. Deliveries that are owed already are sent in any case.")
        sendsOvertaken = fields.optional(
            "sendOvertaken", .boolean, default: false,
            "Whether an event is sent even if a later event of its conversion was delivered to the same destination.")
        idempotencyKey = fields.optional(
            "idempotencyKey", .text(1...200),
            "Makes the call repeatable: the same key with the same input returns the same postback.")
        let given = fields.given(except: "idempotencyKey")
        literalInput = given.sorted.bytes
        canonicalInput = CanonicalInput.bytes(
            [
                "offerId": .string(offer), "affiliateId": .string(affiliate), "goalId": .optional(goalID),
                "conversionStatus": .string(conversionStatus.rawValue), "active": isActive ? .null : false,
                "sendOvertaken": sendsOvertaken ? true : .null,
            ], template, given: given)
        offerID = offer == NewPostback.all ? nil : offer
        affiliateID = affiliate == NewPostback.all ? nil : affiliate
        let everything = Rule<String>.star
        fields.exclude(["offerId": everything, "goalId": ["not": Blank.whiteSpace.schema]])
        fields.exclude(["offerId": everything, "affiliateId": everything])
        if goalID != nil, offerID == nil { fields.refuse("goalId", "needs one offer; offerId is \"*\"") }
        if offerID == nil, affiliateID == nil {
            fields.refuse("affiliateId", "must name one affiliate when offerId is \"*\"")
        }
    }
}
