import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ConfigureAffiliate: SimpleFunction {
    static let contract = Contract(
        "configureAffiliate", version: Version.current, summary: "creates an affiliate, or changes it.",
        example: ["affiliateId": "a1", "name": "Ada Media"],
        output: Schema.object(["affiliate": Schema.affiliate]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let affiliateID: String
        let name: String?

        init(_ fields: inout Fields) {
            affiliateID = fields.required(
                "affiliateId", .chosenID, "The affiliate's id; a new id creates an affiliate.")
            name = fields.optional("name", .name, "A name for people; a new affiliate without one gets its id.")
        }
    }

    struct Output: FunctionOutput {
        let affiliate: JSON
        var json: JSON { ["affiliate": affiliate] }
    }

    private let store: OfferStore

    init(_ settings: Settings) throws(FunctionError) {
        store = OfferStore(try Database(settings, applicationName: ConfigureAffiliate.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(affiliate: try store.configureAffiliate(input.affiliateID, name: input.name))
    }
}
