import JSON
import TestSupport
import TestThreads
import Testing

/// Tests that every postback that is accepted can also be sent.
@Suite(.ownThreads) struct NestingTests {
    private func nested(_ levels: Int) -> JSON {
        (0..<levels).reduce("{click_id}") { inner, _ in .object([JSON.Member("a", inner)]) }
    }

    @Test func `params that createPostback takes are not too deep for deliverPostback`() throws {
        let installation = try Installation.withOffer()
        let deep = Installation.postback(["httpType": "POST(JSON)", "requestParams": nested(32)])
        try installation.ask("createPostback", deep)
        let tooDeep = Installation.postback(["httpType": "POST(JSON)", "requestParams": nested(33)])
        let refusal = try installation.refusal(of: "createPostback", tooDeep)
        #expect(refusal.code == "invalid_request")
        #expect(refusal.fields == ["requestParams"])
    }
}
