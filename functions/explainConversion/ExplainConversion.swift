import FunctionRuntime
import JSON
import Postbacks
import Store

@main
struct ExplainConversion: SimpleFunction {
    static let contract = Contract(
        "explainConversion", version: Version.current,
        summary: "tells for each event of a conversion which postbacks fired, and why the others did not.",
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
                            optional: ["deliveryId": Schema.integer, "state": Schema.text])),
                ])),
        ]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let conversionID: Int
        init(_ fields: inout Fields) { conversionID = fields.required("conversionId", .madeHere) }
    }

    struct Output: FunctionOutput {
        let conversion: JSON
        let events: JSON
        var json: JSON { ["conversion": conversion, "events": events] }
    }

    private let list: ConversionList

    init(_ settings: Settings) throws(FunctionError) {
        list = ConversionList(try Database(settings, applicationName: ExplainConversion.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        let explained = try list.explain(input.conversionID)
        return Output(conversion: explained.conversion, events: explained.events)
    }
}
