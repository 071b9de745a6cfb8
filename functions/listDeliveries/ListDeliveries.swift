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
        output: ListedPage.schema(
            "deliveries",
            Schema.object([
                "id": Schema.integer, "state": Schema.oneOf(DeliveryState.allCases.map(\.rawValue)),
                "postbackId": Schema.integer, "conversionId": Schema.integer, "eventId": Schema.integer,
                "sequence": Schema.integer, "status": Schema.conversionStatus, "destination": Schema.text,
                "attemptCount": Schema.integer, "owedAt": Schema.time, "dueAt": Schema.timeOrNull,
                "finishedAt": Schema.timeOrNull, "attempts": Schema.list(Schema.anyObject),
            ])),
        settings: Database.settings)

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let filter: DeliveryFilter
        let page: Page

        init(_ fields: inout Fields) {
            filter = DeliveryFilter(&fields)
            page = Page(&fields)
        }
    }

    private let list: DeliveryList

    init(_ settings: Settings) throws(FunctionError) {
        list = DeliveryList(try Database(settings, applicationName: ListDeliveries.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try list.page(input.filter, input.page)
    }
}
