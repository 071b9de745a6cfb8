import Configuration
import Domain
import Egress
import FunctionRuntime
import Input
import JSON
import Secrets
import Store

@main
struct UpdatePostback: BatchFunction {
    static let contract = Contract(
        "updatePostback", version: Version.current,
        summary:
            "changes a postback, turns it on or off, or resumes it; owed deliveries are sent with the new settings.",
        example: ["postbackId": 1, "url": "https://tracker.example/?cid={click_id}", "resume": true],
        output: Schema.object(["postback": Schema.postback, "warnings": Schema.warnings]),
        settings: Database.settings + [Setting<EncryptionKeys?>.encryptionKey, Setting<EgressRules>.allowCIDRs],
        notes: MacroReference.help)

    struct Input: FunctionInput {
        let update: PostbackUpdate
        init(_ fields: inout Fields) { update = PostbackUpdate(&fields) }
    }

    struct Output: FunctionOutput {
        let saved: SavedPostback
        var json: JSON { saved.json }
    }

    private let egress: EgressRules
    private let store: PostbackStore

    init(_ settings: Settings) throws(FunctionError) {
        egress = try settings(.allowCIDRs)
        let database = try Database(settings, applicationName: UpdatePostback.contract.name)
        store = PostbackStore(database, keys: try settings(.encryptionKey))
    }

    func check(_ input: Input) throws(FunctionError) {
        if let url = input.update.request.newURL { try egress.check(url) }
    }

    /// Inputs that are handled together are one transaction, which holds its locks until the last of them is done.
    static let batchLimit = 100

    func handle(_ inputs: [Input]) -> [Answer] {
        checked(inputs) { store.update($0.map(\.update)).map { $0.map(Output.init) } }
    }
}
