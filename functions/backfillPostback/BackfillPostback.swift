import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct BackfillPostback: SimpleFunction {
    static let contract = Contract(
        "backfillPostback", version: Version.current,
        summary: "sends past events to a postback that was created later, each event once; at most 10000 per call.",
        example: ["postbackId": 1, "since": "2026-01-01T00:00:00.000Z", "dryRun": true],
        output: Schema.object(["owed": Schema.integer, "dryRun": Schema.boolean, "next": Schema.textOrNull]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let postbackID: Int
        let since: Timestamp
        let until: Timestamp?
        let includesSilent: Bool
        let isDryRun: Bool
        let after: String

        init(_ fields: inout Fields) {
            postbackID = fields.required("postbackId", .assignedID, "The postback.")
            since = fields.required("since", .timestamp, "Events of this time or later.")
            until = fields.optional("until", .timestamp, "Events before this time; without it, until now.")
            includesSilent = fields.optional(
                "includeSilent", .boolean, default: false, "Includes events that were recorded with silent.")
            isDryRun = fields.optional("dryRun", .boolean, default: false, "Only counts.")
            after = fields.optional("after", .numberCursor, "The value of next of the previous call.") ?? "0"
        }
    }

    struct Output: FunctionOutput {
        let owed: OwedAgain
        let isDryRun: Bool
        var json: JSON { owed.json("owed", isDryRun: isDryRun) }
    }

    private let backfill: PostbackBackfill

    init(_ settings: Settings) throws(FunctionError) {
        backfill = PostbackBackfill(try Database(settings, applicationName: BackfillPostback.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(
            owed: try backfill.backfill(
                input.postbackID, since: input.since, until: input.until, after: input.after,
                includesSilent: input.includesSilent, isDryRun: input.isDryRun),
            isDryRun: input.isDryRun)
    }
}
