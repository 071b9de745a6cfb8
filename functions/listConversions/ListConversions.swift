import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ListConversions: SimpleFunction {
    static let contract = Contract(
        "listConversions", version: Version.current,
        summary: "shows the conversions in the order in which they were recorded.",
        example: ["offerId": "o1", "status": "done"],
        output: ListedPage.schema("conversions", Schema.conversion),
        settings: Database.settings)

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let filter: ConversionFilter
        let page: Page

        init(_ fields: inout Fields) {
            filter = ConversionFilter(&fields)
            page = Page(&fields, of: .times)
        }
    }

    private let list: ConversionList

    init(_ settings: Settings) throws(FunctionError) {
        list = ConversionList(try Database(settings, applicationName: ListConversions.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try list.page(input.filter, input.page)
    }
}
