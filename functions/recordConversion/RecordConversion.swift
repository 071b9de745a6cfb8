import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct RecordConversion: PipelinedFunction {
    static let contract = Contract(
        "recordConversion", version: Version.current,
        summary: "records a conversion and every delivery that it triggers; a repeat changes nothing.",
        example: ["offerId": "o1", "affiliateId": "a1", "transactionId": "t1", "payout": "12.30", "currency": "USD"],
        output: Schema.object(
            ["conversion": Schema.conversion, "duplicate": Schema.boolean, "deliveries": Schema.owedDeliveries],
            optional: ["conflicts": Schema.list(Schema.text), "warnings": FieldWarning.schema]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let conversion: NewConversion
        var warnings: [FieldWarning] { conversion.warnings }
        init(_ fields: inout Fields) { conversion = NewConversion(&fields) }
    }

    struct Output: FunctionOutput {
        let recording: Recording
        let warnings: [FieldWarning]

        var json: JSON {
            var members = [
                JSON.Member("conversion", recording.conversion), JSON.Member("duplicate", .bool(recording.isDuplicate)),
            ]
            if !recording.conflicts.isEmpty {
                members.append(JSON.Member("conflicts", .array(recording.conflicts.map(JSON.string))))
            }
            members.append(JSON.Member("deliveries", recording.deliveries))
            if !warnings.isEmpty { members.append(JSON.Member("warnings", .array(warnings.map(\.json)))) }
            return .object(members)
        }
    }

    private let recorder: ConversionRecorder
    /// The warnings about each input of the batches in progress, from the earliest on.
    private var warnings: [[[FieldWarning]]] = []

    init(_ settings: Settings) throws(FunctionError) {
        func database() throws(FunctionError) -> Database {
            try Database(settings, applicationName: RecordConversion.contract.name)
        }
        recorder = ConversionRecorder([try database(), try database()])
    }

    mutating func begin(_ inputs: [Input]) -> Bool {
        guard recorder.begin(inputs.map(\.conversion)) else { return false }
        warnings.append(inputs.map(\.warnings))
        return true
    }

    mutating func finish(unlessReadable descriptor: CInt?) -> [Answer]? {
        guard let recordings = recorder.finish(unlessReadable: descriptor) else { return nil }
        return zip(warnings.removeFirst(), recordings).map { warnings, answer in
            answer.map { Output(recording: $0, warnings: warnings + $0.warnings) }
        }
    }
}
