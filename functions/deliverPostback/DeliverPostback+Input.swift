import Domain
import FunctionRuntime
import Input

extension DeliverPostback {
    /// The values that one attempt needs: the delivery, the postback in its present version, and the event with the
    /// conversion as it was at the event (R8).
    struct Input: FunctionInput {
        let deliveryID: Int
        /// The number of the attempt, from 1 on.
        let attempt: Int
        let postbackID: Int?
        let template: RequestTemplate
        let event: EventSnapshot
        let conversion: Conversion
        let isTest: Bool

        static let attempts = 1...1_000_000
    }
}

extension DeliverPostback.Input {
    init(_ fields: inout Fields) {
        deliveryID = fields.required(
            "deliveryId", .assignedID, "The delivery's id: the same on each retry, sent as Postback-Delivery-Id.")
        attempt = fields.required("attempt", .integer(DeliverPostback.Input.attempts), "The number of the attempt.")
        (postbackID, template) = fields.required("postback", .postback, "The postback as it is now.")
        event = fields.required("event", .event, "The change of the conversion.")
        conversion = fields.required("conversion", .conversion, "The conversion as it was at the event.")
        isTest = fields.optional(
            "isTest", .boolean, default: false,
            "Whether it is marked as a test: Postback-Test: 1, and {is_test} is 1.")
    }
}

extension Rule where Value == KnownPostbacks.Postback {
    /// A postback as it is stored. Fields that only matching needs are accepted and ignored.
    static var postback: Rule {
        object { fields in
            let id = fields.optional("id", .assignedID, "The postback's id, to which sealed secrets are bound.")
            let template = RequestTemplate(&fields, from: .store)
            fields.ignored(
                "version", "offer", "affiliate", "goal", "goalApplies", "conversionStatus", "active", "sendOvertaken",
                "paused", "createdAt", "updatedAt")
            return (id, template)
        }
    }
}
