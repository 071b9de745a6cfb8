import Secrets
import Testing
import Text

@Suite struct StandardWebhookSignatureTests {
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// The example that the reference libraries of standardwebhooks.com test with.
    @Test func `the published example`() throws {
        let signature = try #require(StandardWebhookSignature(secret: Secret(secret)))
        let value = signature.value(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `several secrets each add a signature`() throws {
        let other = "whsec_" + Base64.encode([UInt8](repeating: 7, count: 24))
        let both = try #require(StandardWebhookSignature(secret: Secret("\(secret) \(other)")))
        let parts = both.value(id: "1", timestamp: 2, body: []).split(separator: " ")
        let single = try #require(StandardWebhookSignature(secret: Secret(other))).value(
            id: "1", timestamp: 2, body: [])
        #expect(parts.count == 2)
        #expect(parts.last.map(String.init) == single)
    }

    @Test(arguments: [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + Base64.encode([UInt8](repeating: 1, count: 65)), "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ])
    func `a secret in another form is refused`(text: String) {
        #expect(StandardWebhookSignature(secret: Secret(text)) == nil)
    }
}
