import FunctionRuntime
import JSON
import Postbacks
import Store

@main
struct RecordConversion: BatchFunction {
    static let contract = Contract(
        "recordConversion", version: Version.current,
        summary: "records a conversion and owes every postback that it triggers; a repeat changes nothing.",
        example: ["offerId": "o1", "affiliateId": "a1", "transactionId": "t1", "payout": "12.30", "currency": "USD"],
        output: Schema.object(
            ["conversion": Schema.conversion, "duplicate": Schema.boolean, "deliveries": Schema.owedDeliveries],
            optional: ["conflicts": Schema.list(Schema.text)]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let conversion: NewConversion
        init(_ fields: inout Fields) { conversion = NewConversion(&fields) }
    }

    struct Output: FunctionOutput {
        let recording: Recording

        var json: JSON {
            var members = [
                JSON.Member("conversion", recording.conversion), JSON.Member("duplicate", .bool(recording.isDuplicate)),
            ]
            if !recording.conflicts.isEmpty {
                members.append(JSON.Member("conflicts", .array(recording.conflicts.map(JSON.string))))
            }
            return .object(members + [JSON.Member("deliveries", recording.deliveries)])
        }
    }

    private let recorder: ConversionRecorder

    init(_ settings: Settings) throws(FunctionError) {
        recorder = ConversionRecorder(try Database(settings, applicationName: RecordConversion.contract.name))
    }

    func handle(_ inputs: [Input]) -> [Answer] {
        recorder.record(inputs.map(\.conversion)).map { $0.map(Output.init) }
    }
}
