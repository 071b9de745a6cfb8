import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ListPostbacks: SimpleFunction {
    static let contract = Contract(
        "listPostbacks", version: Version.current,
        summary: "shows the postbacks of offers and affiliates, with their secrets masked.", example: ["offerId": "o1"],
        output: ListedPage.schema("postbacks", Schema.postback),
        settings: Database.settings)

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let filter: PostbackFilter
        let page: Page

        init(_ fields: inout Fields) {
            filter = PostbackFilter(&fields)
            page = Page(&fields)
        }
    }

    private let store: PostbackStore

    init(_ settings: Settings) throws(FunctionError) {
        store = PostbackStore(try Database(settings, applicationName: ListPostbacks.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try store.page(input.filter, input.page)
    }
}
