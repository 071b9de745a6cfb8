import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ExplainConversion: SimpleFunction {
    static let contract = Contract(
        "explainConversion", version: Version.current,
        summary:
            "shows for each event of a conversion which postbacks fired, with their deliveries, and why the others did not; with all, it includes the postbacks of other affiliates.",
        example: ["conversionId": 1],
        output: Schema.object([
            "conversion": Schema.conversion,
            "events": Schema.list(
                Schema.object([
                    "id": Schema.integer, "sequence": Schema.integer, "status": Schema.conversionStatus,
                    "previousStatus": Schema.textOrNull, "at": Schema.time, "goalsEnabled": Schema.boolean,
                    "silent": Schema.boolean,
                    "postbacks": Schema.list(
                        Schema.object(
                            [
                                "postbackId": Schema.integer,
                                "result": Schema.oneOf(Explanation.allCases.map(\.rawValue)),
                                "reason": Schema.text,
                            ],
                            optional: [
                                "deliveryId": Schema.integer,
                                "state": Schema.oneOf(DeliveryState.allCases.map(\.rawValue)),
                                "error": Schema.text, "waitsFor": Schema.waitsFor,
                            ])),
                ])),
            "otherAffiliatesPostbacks": Schema.integer,
        ]),
        settings: Database.settings + [Setting.orderHold])

    struct Input: FunctionInput {
        let key: ConversionKey
        let all: Bool
        let kinds: PostbackKinds

        init(_ fields: inout Fields) {
            key = ConversionKey(&fields)
            all = fields.optional(
                "all",
                .boolean.described("Includes the postbacks of other affiliates, which are otherwise only counted."),
                default: false)
            kinds = PostbackKinds(
                &fields,
                everyAffiliate:
                    "Whether to include the network's own postbacks, for every affiliate; false also counts none of other affiliates."
            )
        }
    }

    struct Output: FunctionOutput {
        let explained: ExplainedConversion

        var json: JSON {
            [
                "conversion": explained.conversion, "events": explained.events,
                "otherAffiliatesPostbacks": .integer(explained.otherAffiliatesPostbacks),
            ]
        }
    }

    private let explainer: ConversionExplainer

    init(_ settings: Settings) throws(FunctionError) {
        let database = try Database(settings, applicationName: ExplainConversion.contract.name)
        explainer = ConversionExplainer(database, orderHold: try settings(.orderHold))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(explained: try explainer.explain(input.key, all: input.all, input.kinds))
    }
}
