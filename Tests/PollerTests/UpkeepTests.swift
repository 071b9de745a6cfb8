import JSON
import Postgres
import Receiver
import TestSupport
import Testing

/// What a moment between two transactions leaves behind, and a running poller puts right.
struct UpkeepTests {
    @Test func `what a deleted postback came to owe in that very moment is cancelled, and not sent`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t", "u"])
        _ = try installation.database.connect().run("UPDATE postbacks SET deleted_at = now()")
        let poller = try RunningPoller(installation)
        #expect(try installation.wait(for: 2, in: "cancelled").allSatisfy { $0["attempts"] == [] })
        #expect(try installation.count("outbox") == 0)
        #expect(receiver.requests.isEmpty)
        withExtendedLifetime(poller) {}
    }

    @Test func `R10: what waited behind what was held goes out soon after it, not after the whole hold`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = 1")
        try installation.record(["t"])
        try installation.update("t", "done")
        let poller = try RunningPoller(installation)
        try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
        try installation.wait(for: 2, in: "delivered")
        #expect(receiver.requests.map(\.target) == ["/t/pending?payout=1.50", "/t/done?payout=1.50"])
        withExtendedLifetime(poller) {}
    }
}
