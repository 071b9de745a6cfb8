import Configuration
import Domain
import Egress
import FunctionRuntime
import Input
import JSON
import Secrets
import Store

@main
struct CreatePostback: BatchFunction {
    static let contract = Contract(
        "createPostback", version: Version.current,
        summary: "creates a postback: the conversions on which it fires and the request that it sends.",
        example: [
            "offerId": "o1", "affiliateId": "a1", "conversionStatus": "done",
            "url": "https://tracker.example/?cid={click_id}&payout={payout}", "httpType": "GET",
        ],
        output: Schema.object([
            "postback": Schema.postback, "duplicate": Schema.boolean, "warnings": Schema.warnings,
        ]),
        settings: Database.settings + [Setting<EncryptionKeys?>.encryptionKey, Setting<EgressRules>.allowCIDRs],
        notes: MacroReference.help)

    struct Input: FunctionInput {
        let postback: NewPostback
        init(_ fields: inout Fields) { postback = NewPostback(&fields) }
    }

    struct Output: FunctionOutput {
        let saved: SavedPostback
        var json: JSON { saved.json.merging(["duplicate": .bool(saved.isRepeat)]) }
    }

    private let egress: EgressRules
    private let store: PostbackStore

    init(_ settings: Settings) throws(FunctionError) {
        egress = try settings(.allowCIDRs)
        let database = try Database(settings, applicationName: CreatePostback.contract.name)
        store = PostbackStore(database, keys: try settings(.encryptionKey))
    }

    func check(_ input: Input) throws(FunctionError) {
        try egress.check(input.postback.template.url)
    }

    /// Inputs that are handled together are one transaction, which holds its locks until the last of them is done.
    static let batchLimit = 100

    func handle(_ inputs: [Input]) -> [Answer] {
        checked(inputs) { store.create($0.map(\.postback)).map { $0.map(Output.init) } }
    }
}
