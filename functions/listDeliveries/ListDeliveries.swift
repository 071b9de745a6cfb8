import FunctionRuntime
import JSON
import Postbacks
import Store

@main
struct ListDeliveries: SimpleFunction {
    static let contract = Contract(
        "listDeliveries", version: Version.current,
        summary: "shows what is owed and what was sent: each delivery with its state and every attempt.",
        example: ["conversionId": 1],
        output: Schema.object([
            "deliveries": Schema.list(
                Schema.object([
                    "id": Schema.integer, "state": Schema.oneOf(DeliveryState.allCases.map(\.rawValue)),
                    "postbackId": Schema.integer, "conversionId": Schema.integer, "eventId": Schema.integer,
                    "sequence": Schema.integer, "status": Schema.conversionStatus, "destination": Schema.text,
                    "attemptCount": Schema.integer, "owedAt": Schema.time, "dueAt": Schema.timeOrNull,
                    "finishedAt": Schema.timeOrNull, "attempts": Schema.list(Schema.anyObject),
                ])), "next": Schema.textOrNull,
        ]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let filter: DeliveryFilter
        let page: Page

        init(_ fields: inout Fields) {
            filter = DeliveryFilter(&fields)
            page = Page(&fields)
        }
    }

    struct Output: FunctionOutput {
        let deliveries: [JSON]
        let next: JSON
        var json: JSON { ["deliveries": .array(deliveries), "next": next] }
    }

    private let list: DeliveryList

    init(_ settings: Settings) throws(FunctionError) {
        list = DeliveryList(try Database(settings, applicationName: ListDeliveries.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        let page = try list.page(input.filter, input.page)
        return Output(deliveries: page.rows, next: page.next)
    }
}
