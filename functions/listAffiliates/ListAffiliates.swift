import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ListAffiliates: SimpleFunction {
    static let contract = Contract(
        "listAffiliates", version: Version.current, summary: "shows the affiliates in the order of their ids.",
        example: ["limit": 10],
        output: ListedPage.schema("affiliates", Schema.affiliate),
        settings: Database.settings)

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let affiliateID: String?
        let page: Page

        init(_ fields: inout Fields) {
            affiliateID = fields.optional("affiliateId", .identifier, "Only this affiliate.")
            page = Page(&fields, of: .names)
        }
    }

    private let store: OfferStore

    init(_ settings: Settings) throws(FunctionError) {
        store = OfferStore(try Database(settings, applicationName: ListAffiliates.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try store.affiliates(input.page, id: input.affiliateID)
    }
}
