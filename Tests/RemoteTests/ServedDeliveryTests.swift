import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests a poller whose deliverPostback runs in two processes of `postbacks serve --function deliverPostback`.
@Suite(.ownThreads) struct ServedDeliveryTests {
    private func serve(_ installation: Installation, port: UInt16 = 0) throws -> ServedFunction {
        try ServedFunction("deliverPostback", installation, port: port)
    }

    /// The variables of a poller that has no key and calls these servers.
    private func invoking(_ servers: [ServedFunction], adding: [String: String] = [:]) -> [String: String] {
        let urls = servers.map(\.url).joined(separator: ",")
        return ["POSTBACKS_INVOKE": urls, "POSTBACKS_ENCRYPTION_KEY": ""].merging(adding) { $1 }
    }

    private func count(_ query: Query, _ installation: Installation) throws -> Int {
        try installation.database.connect().run(query).first?.integer("value") ?? -1
    }

    @Test func `two servers share the deliveries, and each delivery arrives once`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(20)))
        let installation = try Installation.sending(to: receiver.url)
        let servers = [try serve(installation), try serve(installation)]
        let total = 300
        try installation.record((1...total).map { "t\($0)" })
        try installation.withPoller(invoking(servers)) { poller in
            try installation.wait(for: total, in: "delivered")
            #expect(poller.deliveryProcess == nil)
        }
        #expect(receiver.requests.count == total)
        #expect(Set(receiver.requests.compactMap { $0.header("Postback-Delivery-Id") }).count == total)
        // A server starts its function for its first call.
        #expect(servers.allSatisfy { !$0.functions.isEmpty })
        #expect(try installation.count("attempts") == total)
        #expect(try count("SELECT count(*) AS value FROM attempts WHERE outcome <> 'delivered'", installation) == 0)
    }

    @Test func `a server that is killed in full flight and comes back loses nothing and costs no attempt`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(500)))
        let installation = try Installation.sending(to: receiver.url)
        let staying = try serve(installation)
        let killed = try serve(installation)
        var total = 400
        try installation.record((1...total).map { "t\($0)" })
        // A second attempt would be the last one.
        let settings = ["POSTBACKS_DESTINATION_CONCURRENCY": "64", "POSTBACKS_RETRY_SCHEDULE": "0.1"]
        let poller = try RunningPoller(installation, invoking([staying, killed], adding: settings))
        try waitUntil("requests are in flight") { receiver.requests.count >= 50 }
        try killed.kill()
        let back = try serve(installation, port: killed.port)
        try waitUntil("the server that came back is called") {
            if back.functions.isEmpty {
                total += 1
                try installation.record(["t\(total)"])
            }
            return !back.functions.isEmpty
        }
        try installation.wait(for: total, in: "delivered")
        withExtendedLifetime(poller) {}

        #expect(Set(receiver.requests.compactMap { $0.header("Postback-Delivery-Id") }).count == total)
        #expect(try count("SELECT count(*) AS value FROM deliveries WHERE attempts <> 1", installation) == 0)
        #expect(receiver.requests.allSatisfy { $0.header("Postback-Attempt") == "1" })
        let unknown = try count(
            "SELECT count(*) AS value FROM attempts WHERE outcome = 'unknown' AND probe", installation)
        #expect(unknown > 0, "nothing was in flight when the server was killed")
        #expect(try installation.count("attempts") == total + unknown)
        #expect(receiver.requests.count <= total + unknown)
    }
}
