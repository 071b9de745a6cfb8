import FunctionRuntime
import JSON
import Postbacks
import Store

@main
struct ListAffiliates: SimpleFunction {
    static let contract = Contract(
        "listAffiliates", version: Version.current, summary: "shows the affiliates in the order of their ids.",
        example: ["limit": 10],
        output: Schema.object(["affiliates": Schema.list(Schema.affiliate), "next": Schema.textOrNull]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let page: Page
        init(_ fields: inout Fields) { page = Page(&fields, of: .callers) }
    }

    struct Output: FunctionOutput {
        let affiliates: [JSON]
        let next: JSON
        var json: JSON { ["affiliates": .array(affiliates), "next": next] }
    }

    private let store: OfferStore

    init(_ settings: Settings) throws(FunctionError) {
        store = OfferStore(try Database(settings, applicationName: ListAffiliates.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        let page = try store.affiliates(input.page)
        return Output(affiliates: page.rows, next: page.next)
    }
}
