import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ResendDeliveries: SimpleFunction {
    static let contract = Contract(
        "resendDeliveries", version: Version.current,
        summary:
            "sends failed and dead deliveries again, with force also delivered, skipped and overtaken ones, at most 10000 per call; deliveries that wait become due at once.",
        example: ["filter": ["postbackId": 1, "state": "dead"], "dryRun": true],
        output: Schema.object([
            "resent": Schema.integer, "madeDue": Schema.integer,
            "leftOut": [
                "type": "object", "additionalProperties": Schema.integer,
                "description":
                    "How many deliveries stay as they are, by reason: delivered, skipped, overtaken (a later event was delivered there), deleted or paused (the postback), in_flight.",
            ], "dryRun": Schema.boolean, "next": Schema.textOrNull,
        ]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let request: ResendRequest
        init(_ fields: inout Fields) { request = ResendRequest(&fields) }
    }

    struct Output: FunctionOutput {
        let resent: Resent
        let isDryRun: Bool

        var json: JSON {
            resent.owed.json("resent", isDryRun: isDryRun).merging([
                "madeDue": .integer(resent.madeDue), "leftOut": resent.leftOut,
            ])
        }
    }

    private let resender: DeliveryResender

    init(_ settings: Settings) throws(FunctionError) {
        resender = DeliveryResender(try Database(settings, applicationName: ResendDeliveries.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(resent: try resender.resend(input.request), isDryRun: input.request.isDryRun)
    }
}
