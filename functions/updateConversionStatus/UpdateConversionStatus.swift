import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct UpdateConversionStatus: BatchFunction {
    static let contract = Contract(
        "updateConversionStatus", version: Version.current,
        summary: "changes the status of a conversion and records every delivery that the change triggers.",
        example: ["offerId": "o1", "transactionId": "t1", "status": "done"],
        output: Schema.object(
            [
                "conversion": Schema.conversion, "previousStatus": Schema.conversionStatus, "changed": Schema.boolean,
                "deliveries": Schema.owedDeliveries,
            ], optional: ["warnings": FieldWarning.schema]),
        settings: Database.settings + [Setting.orderHold])

    struct Input: FunctionInput {
        let update: StatusUpdate
        var warnings: [FieldWarning] { update.warnings }
        init(_ fields: inout Fields) { update = StatusUpdate(&fields) }
    }

    struct Output: FunctionOutput {
        let change: StatusChange
        let warnings: [FieldWarning]

        var json: JSON {
            let json: JSON = [
                "conversion": change.conversion, "previousStatus": .string(change.previousStatus),
                "changed": .bool(change.isChanged), "deliveries": change.deliveries,
            ]
            return warnings.isEmpty ? json : json.merging(["warnings": .array(warnings.map(\.json))])
        }
    }

    private let updater: StatusUpdater

    init(_ settings: Settings) throws(FunctionError) {
        let database = try Database(settings, applicationName: UpdateConversionStatus.contract.name)
        updater = StatusUpdater(database, orderHold: try settings(.orderHold))
    }

    func handle(_ inputs: [Input]) -> [Answer] {
        let updates = inputs.map(\.update)
        return zip(updates, updater.update(updates)).map { update, answer in
            answer.map { Output(change: $0, warnings: update.warnings) }
        }
    }
}
