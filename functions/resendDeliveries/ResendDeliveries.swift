import FunctionRuntime
import JSON
import Postbacks
import Store

@main
struct ResendDeliveries: SimpleFunction {
    static let contract = Contract(
        "resendDeliveries", version: Version.current,
        summary:
            "owes failed and dead deliveries again, with force delivered and skipped ones too; at most 10000 per call.",
        example: ["filter": ["postbackId": 1, "state": "dead"], "dryRun": true],
        output: Schema.object(["resent": Schema.integer, "dryRun": Schema.boolean, "next": Schema.textOrNull]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let request: ResendRequest
        init(_ fields: inout Fields) { request = ResendRequest(&fields) }
    }

    struct Output: FunctionOutput {
        let owed: OwedAgain
        let isDryRun: Bool
        var json: JSON { owed.json("resent", isDryRun: isDryRun) }
    }

    private let resender: DeliveryResender

    init(_ settings: Settings) throws(FunctionError) {
        resender = DeliveryResender(try Database(settings, applicationName: ResendDeliveries.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(owed: try resender.resend(input.request), isDryRun: input.request.isDryRun)
    }
}
