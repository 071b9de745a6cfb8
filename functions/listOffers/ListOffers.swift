import FunctionRuntime
import JSON
import Postbacks
import Store

@main
struct ListOffers: SimpleFunction {
    static let contract = Contract(
        "listOffers", version: Version.current, summary: "shows the offers in the order of their ids.",
        example: ["limit": 10],
        output: Schema.object(["offers": Schema.list(Schema.offer), "next": Schema.textOrNull]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let page: Page
        init(_ fields: inout Fields) { page = Page(&fields, of: .callers) }
    }

    struct Output: FunctionOutput {
        let offers: [JSON]
        let next: JSON
        var json: JSON { ["offers": .array(offers), "next": next] }
    }

    private let store: OfferStore

    init(_ settings: Settings) throws(FunctionError) {
        store = OfferStore(try Database(settings, applicationName: ListOffers.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        let page = try store.offers(input.page)
        return Output(offers: page.rows, next: page.next)
    }
}
