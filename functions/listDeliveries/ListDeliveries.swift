import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ListDeliveries: SimpleFunction {
    static let contract = Contract(
        "listDeliveries", version: Version.current,
        summary: "shows the deliveries, owed and finished, each with its state and every attempt.",
        example: ["conversionId": 1],
        output: ListedPage.schema(
            "deliveries",
            Schema.object([
                "id": Schema.integer, "state": Schema.oneOf(DeliveryState.allCases.map(\.rawValue)),
                "postbackId": Schema.integer, "conversionId": Schema.integer, "offerId": Schema.textOrNull,
                "affiliateId": Schema.textOrNull, "eventId": Schema.integer, "sequence": Schema.integer,
                "status": Schema.conversionStatus, "destination": Schema.text, "owedAt": Schema.time,
                "dueAt": Schema.timeOrNull, "finishedAt": Schema.timeOrNull, "httpStatus": Schema.integerOrNull,
                "errorCode": Schema.textOrNull, "waitsFor": Schema.waitsFor,
                "attemptCount": Schema.integer, "attempts": Schema.list(Schema.anyObject),
            ])),
        settings: Database.settings + [Setting.orderHold])

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let filter: DeliveryFilter
        let page: Page

        init(_ fields: inout Fields) {
            filter = DeliveryFilter(&fields)
            page = Page(&fields, of: .times)
        }
    }

    private let list: DeliveryList

    init(_ settings: Settings) throws(FunctionError) {
        let database = try Database(settings, applicationName: ListDeliveries.contract.name)
        list = DeliveryList(database, orderHold: try settings(.orderHold))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try list.page(input.filter, input.page)
    }
}
