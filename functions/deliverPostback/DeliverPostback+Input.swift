import FunctionRuntime
import JSON
import Postbacks
import Synchronization

extension DeliverPostback {
    /// All that one attempt needs: the delivery, the postback as it is now, the event and the conversion as it was then.
    struct Input: FunctionInput {
        let deliveryID: Int
        /// From 1 on.
        let attempt: Int
        let postbackID: Int?
        let template: RequestTemplate
        let event: EventSnapshot
        let conversion: Conversion
        let isTest: Bool

        init(_ fields: inout Fields) {
            deliveryID = fields.required("deliveryId", .madeHere)
            attempt = fields.required("attempt", .integer(1...1_000_000))
            (postbackID, template) = fields.required("postback", .postback)
            event = fields.required("event", .event)
            conversion = fields.required("conversion", .conversion)
            isTest = fields.optional("isTest", .boolean, default: false)
        }
    }
}

extension Rule where Value == (Int?, RequestTemplate) {
    /// A postback as it is stored. What only matching needs is accepted and not looked at.
    fileprivate static var postback: Rule {
        let reading = reading
        return Rule(schema: reading.schema, placeholder: reading.placeholder) { json, path, faults in
            if let known = known.withLock({ $0.postback(json) }) { return known }
            guard let postback = reading.read(json, path, &faults) else { return nil }
            known.withLock { $0.remember(json, postback) }
            return postback
        }
    }

    private static var reading: Rule {
        object { fields in
            let id = fields.optional("id", .madeHere)
            let template = RequestTemplate(&fields, from: .store)
            fields.ignored(
                "version", "offer", "affiliate", "goal", "goalApplies", "conversionStatus", "active", "sendOvertaken",
                "paused", "createdAt", "updatedAt")
            return (id, template)
        }
    }
}

private let known = Mutex(KnownPostbacks())
