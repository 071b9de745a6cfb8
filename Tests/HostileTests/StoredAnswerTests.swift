import HostileReceiver
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that answers of a receiver go through poller and database to listDeliveries.
@Suite(.ownThreads) struct StoredAnswerTests {
    @Test func `strange bytes in an answer are stored, each with its attempt, and are shown as text`() throws {
        let receiver = HostileReceiver()
        let site = try receiver.open()
        let installation = try Installation.make()
        try installation.configure()
        let behaviours =
            Behaviour.strangeBytes + Behaviour.redirects
            + ["nine-hundred-headers", "gzip-bomb"].compactMap(Behaviour.named)
        for behaviour in behaviours {
            try installation.createPostback([
                "httpType": "POST(JSON)", "url": .string(site.url(as: behaviour)), "requestParams": ["c": "{click_id}"],
            ])
        }
        let poller = try RunningPoller(
            installation, ["POSTBACKS_RETRY_SCHEDULE": "1000", "POSTBACKS_TIMEOUT": "30", "POSTBACKS_LEASE": "60"])
        try installation.record(["clickId": "c1"])
        try waitUntil("an attempt of each") { try installation.count("attempts") >= behaviours.count }

        let call = try installation.call("listDeliveries", #"{"limit":1000}"#)
        #expect(call.status == .exited(0))
        #expect(!call.text.dropLast().unicodeScalars.contains { $0.properties.generalCategory == .control })
        let deliveries = call.answer["deliveries"]?.items ?? []
        #expect(deliveries.count == behaviours.count)
        for delivery in deliveries {
            let url = delivery.at("attempts.0.request.url")?.text ?? ""
            let behaviour = try #require(behaviours.first { url == site.url(as: $0) }, "\(delivery.encodedText)")
            let what = "\(behaviour.name): \(delivery.encodedText.prefix(1000))"
            #expect(delivery["attempts"]?.items.count == 1, "\(what)")
            #expect(delivery.at("attempts.0.outcome")?.text == behaviour.expected.outcome.rawValue, "\(what)")
            #expect(delivery.at("attempts.0.response.status")?.integer == behaviour.expected.status, "\(what)")
        }
        #expect(try !poller.log.contains(#""level":"error""#))
    }
}
