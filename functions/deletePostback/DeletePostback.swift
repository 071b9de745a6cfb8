import Domain
import FunctionRuntime
import Input
import JSON
import Store

@main
struct DeletePostback: SimpleFunction {
    static let contract = Contract(
        "deletePostback", version: Version.current,
        summary: "deletes a postback and cancels its deliveries; its history stays readable.",
        example: ["postbackId": 1],
        output: Schema.object(["deleted": Schema.boolean, "cancelledDeliveries": Schema.integer]),
        settings: Database.settings)

    struct Input: FunctionInput {
        let postbackID: Int
        init(_ fields: inout Fields) { postbackID = fields.required("postbackId", .assignedID, "The postback.") }
    }

    struct Output: FunctionOutput {
        let cancelled: Int
        var json: JSON { ["deleted": true, "cancelledDeliveries": .integer(cancelled)] }
    }

    private let store: PostbackStore

    init(_ settings: Settings) throws(FunctionError) {
        store = PostbackStore(try Database(settings, applicationName: DeletePostback.contract.name))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        Output(cancelled: try store.delete(input.postbackID))
    }
}
