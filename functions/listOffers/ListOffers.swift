import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ListOffers: SimpleFunction {
    static let contract = Contract(
        "listOffers", version: Version.current, summary: "shows the offers in the order of their ids.",
        example: ["limit": 10],
        output: ListedPage.schema("offers", Schema.offer),
        settings: Database.settings)

    typealias Output = ListedPage

    struct Input: FunctionInput {
        let offerID: String?
        let page: Page

        init(_ fields: inout Fields) {
            offerID = fields.optional("offerId", .identifier, "Only this offer.")
            page = Page(&fields, of: .names)
        }
    }

    private let store: OfferStore

    init(_ settings: Settings) throws(FunctionError) {
        store = OfferStore(try Database(settings, applicationName: ListOffers.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try store.offers(input.page, id: input.offerID)
    }
}
