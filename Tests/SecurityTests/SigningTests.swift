import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing
import Text

/// Signatures of requests that were really delivered, checked with the Standard Webhooks project's own library.
@Suite(.ownThreads) struct SigningTests {
    private static let secrets = ["the first secret of them all", "another secret, of 32 bytes, ä"].map {
        "whsec_\(Base64.encode(Array($0.utf8)))"
    }
    private static let stranger = "whsec_\(Base64.encode(Array("nobody signs with this one".utf8)))"

    /// GET, form and JSON, with one secret and with two; each answered with 500 first. In the order of their arrival.
    private func deliver() throws -> (one: [ReceivedRequest], two: [ReceivedRequest]) {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 200]))
        let installation = try Installation.sending(to: "", on: [])
        for type in ["GET", "POST(FORM)", "POST(JSON)"] {
            for (name, secret) in [("one", Self.secrets[0]), ("two", Self.secrets.joined(separator: " "))] {
                try installation.createPostback([
                    "httpType": .string(type), "url": .string("\(receiver.url)/\(name)"),
                    "signingSecret": .string(secret),
                    "requestParams": ["größe": "{transaction_id} ✓", "n": "é & {payout}"],
                ])
            }
        }
        try installation.withPoller { _ in
            try installation.record(["Zürich/東京"])
            try installation.wait(for: 6, in: "delivered")
        }
        let requests = receiver.requests
        #expect(requests.count == 12)
        return (requests.filter { $0.target.hasPrefix("/one") }, requests.filter { $0.target.hasPrefix("/two") })
    }

    @Test func `the project's own library accepts them, with each of the secrets, first attempts and retried ones`()
        throws
    {
        let (one, two) = try deliver()
        let bodies = one.map(\.body)
        #expect(
            bodies.contains { $0.isEmpty }
                && bodies.contains { !String(decoding: $0, as: UTF8.self).allSatisfy(\.isASCII) })
        #expect(Set(one.compactMap { $0.header("Postback-Attempt") }) == ["1", "2"])
        #expect(one.allSatisfy { $0.header("webhook-id") == $0.header("Postback-Delivery-Id") })
        let checks =
            one.map { SignatureCheck($0, Self.secrets[0]) }
            + Self.secrets.flatMap { secret in two.map { SignatureCheck($0, secret) } }
        #expect(try SignatureCheck.verify(checks) == [String](repeating: "ok", count: 18))
    }

    @Test func `it rejects another secret, and any change of the body, the id or the time`() throws {
        let (one, two) = try deliver()
        var checks = one.map { SignatureCheck($0, Self.secrets[1]) } + two.map { SignatureCheck($0, Self.stranger) }
        for right in one.map({ SignatureCheck($0, Self.secrets[0]) }) {
            var body = right
            if body.body.isEmpty { body.body = [UInt8(ascii: "x")] } else { body.body[body.body.count / 3] ^= 1 }
            let time = right.headers.first { $0.name.lowercased() == "webhook-timestamp" }?.value ?? ""
            checks += [
                body, right.replacing("webhook-id", "999"),
                right.replacing("webhook-timestamp", String((Int(time) ?? 0) + 1)),
            ]
        }
        let verdicts = try SignatureCheck.verify(checks)
        #expect(verdicts.count == 30)
        #expect(Set(verdicts) == ["No matching signature found"])
    }
}
