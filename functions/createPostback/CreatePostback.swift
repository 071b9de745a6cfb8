import Egress
import FunctionRuntime
import JSON
import Postbacks
import Secrets
import Store

@main
struct CreatePostback: SimpleFunction {
    static let contract = Contract(
        "createPostback", version: Version.current,
        summary: "makes a postback: on which conversions it fires, and the request that it sends.",
        example: [
            "offerId": "o1", "affiliateId": "a1", "conversionStatus": "done",
            "url": "https://tracker.example/postback?cid={click_id}&payout={payout}&status={status}", "httpType": "GET",
        ],
        output: Schema.object([
            "postback": Schema.postback,
            "warnings": Schema.list(Schema.object(["code": Schema.text, "message": Schema.text])),
        ]),
        settings: Database.settings + [Setting<EncryptionKeys?>.encryptionKey, Setting.allowCIDRs])

    struct Input: FunctionInput {
        let postback: NewPostback
        init(_ fields: inout Fields) { postback = NewPostback(&fields) }
    }

    struct Output: FunctionOutput {
        let postback: JSON
        let warnings: [(code: String, message: String)]

        var json: JSON {
            let warnings = warnings.map { ["code": .string($0.code), "message": .string($0.message)] as JSON }
            return ["postback": postback, "warnings": .array(warnings)]
        }
    }

    private let egress: EgressRules
    private let store: PostbackStore

    init(_ settings: Settings) throws(FunctionError) {
        egress = try settings(.allowCIDRs)
        let database = try Database(settings, applicationName: CreatePostback.contract.name)
        store = PostbackStore(database, keys: try settings(.encryptionKey))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        let postback = input.postback
        // What a name leads to is judged when it is dialled; a literal address is known now.
        if let address = postback.template.url.address, case .forbidden(let reason) = egress.judge(address) {
            throw .invalidRequest("url", "must not lead to \(address): \(reason); POSTBACKS_ALLOW_CIDRS can open it")
        }
        let created = try store.create(postback)
        return Output(postback: created.postback, warnings: warnings(postback, overlapping: created.overlapping))
    }

    private func warnings(_ postback: NewPostback, overlapping: String?) -> [(code: String, message: String)] {
        var warnings: [(code: String, message: String)] = []
        if let overlapping {
            warnings.append(("overlap", "other active postbacks fire on the same events too: \(overlapping)"))
        }
        if postback.conversionStatus != .done, !postback.template.tells(postback.conversionStatus) {
            warnings.append(
                (
                    "no_status",
                    "the request sends no status though it fires on \(postback.conversionStatus.rawValue); a receiver may take it for an approval: add {status}"
                ))
        }
        return warnings
    }
}
