import Configuration
import Domain
import Egress
import FunctionRuntime
import Input
import JSON
import Secrets
import Store

@main
struct UpdatePostbacks: SimpleFunction {
    static let contract = Contract(
        "updatePostbacks", version: Version.current,
        summary:
            "turns all selected postbacks on or off, resumes them, or moves their URLs to another origin; all of a call or none.",
        example: ["filter": ["affiliateId": "a1"], "changes": ["active": false], "dryRun": true],
        output: UpdatedPostbacks.schema,
        settings: Database.settings + [Setting<EncryptionKeys?>.encryptionKey, Setting<EgressRules>.allowCIDRs])

    typealias Output = UpdatedPostbacks

    struct Input: FunctionInput {
        let update: PostbacksUpdate
        init(_ fields: inout Fields) { update = PostbacksUpdate(&fields) }
    }

    private let egress: EgressRules
    private let store: PostbackStore

    init(_ settings: Settings) throws(FunctionError) {
        egress = try settings(.allowCIDRs)
        let database = try Database(settings, applicationName: UpdatePostbacks.contract.name)
        store = PostbackStore(database, keys: try settings(.encryptionKey))
    }

    func check(_ input: Input) throws(FunctionError) {
        guard let url = input.update.changes.replacement?.to else { return }
        try egress.check(url, at: Path.root.member("changes").member("replaceOrigin").member("to"))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        try check(input)
        return try store.update(input.update)
    }
}
