import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct ConfigureOffer: SimpleFunction {
    static let contract = Contract(
        "configureOffer", version: Version.current, summary: "creates an offer with its goals, or changes it.",
        example: ["offerId": "o1", "goalsEnabled": true, "goals": [["id": "install", "name": "Install"]]],
        output: Schema.object(["offer": Schema.offer]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let offerID: String
        let name: String?
        let goalsEnabled: Bool?
        let goals: [(id: String, name: String)]?

        init(_ fields: inout Fields) {
            offerID = fields.required("offerId", .chosenID, "The offer's id; a new id creates an offer.")
            name = fields.optional("name", .name, "A name for people; a new offer without one gets its id.")
            goalsEnabled = fields.optional(
                "goalsEnabled", .boolean,
                "Whether the goals of postbacks count. While they are off, they are kept; they count again when they are turned on."
            )
            goals = fields.optional(
                "goals", .list(of: .goal, count: 0...1000),
                "The whole list: it adds, renames and removes goals. A goal that a postback or conversion uses cannot be removed."
            )
            // Compares bytes, as PostgreSQL does: Swift treats an accented letter and its combining form as equal.
            var seen: Set<[UInt8]> = []
            for goal in goals ?? [] where !seen.insert(Array(goal.id.utf8)).inserted {
                fields.refuse("goals", "has the id \"\(goal.id)\" twice")
            }
        }
    }

    struct Output: FunctionOutput {
        let offer: JSON
        var json: JSON { ["offer": offer] }
    }

    private let store: OfferStore

    init(_ settings: Settings) throws(FunctionError) {
        store = OfferStore(try Database(settings, applicationName: ConfigureOffer.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(
            offer: try store.configureOffer(
                input.offerID, name: input.name, goalsEnabled: input.goalsEnabled, goals: input.goals))
    }
}

extension Rule where Value == (id: String, name: String) {
    fileprivate static var goal: Rule {
        object { fields in
            let id = fields.required("id", .identifier, "The goal's id.")
            return (id, fields.optional("name", .name, "A name for people; without it, the id.") ?? id)
        }
    }
}
