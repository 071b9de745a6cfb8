import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ListDestinations: SimpleFunction {
    static let contract = Contract(
        "listDestinations", version: Version.current,
        summary: "shows the destinations of postbacks, with their failures, blocks and limits.",
        example: ["isBlocked": true],
        output: ListedPage.schema("destinations", Schema.destination),
        settings: Database.settings)

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let filter: DestinationFilter
        let page: Page

        init(_ fields: inout Fields) {
            filter = DestinationFilter(&fields)
            page = Page(&fields)
        }
    }

    private let store: DestinationStore

    init(_ settings: Settings) throws(FunctionError) {
        store = DestinationStore(try Database(settings, applicationName: ListDestinations.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try store.page(input.filter, input.page)
    }
}
