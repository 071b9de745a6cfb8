import JSON
import POSIX
import Postgres
import Receiver
import TestSupport
import Testing

/// R13: a postback of which nothing arrives any more is paused, and loses nothing.
struct PauseTests {
    @Test
    func `R13: after ten deliveries that died it is paused, what it owes is held, and resuming sends it all in order`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(
            installation, ["POSTBACKS_RETRY_SCHEDULE": "0", "POSTBACKS_DESTINATION_CONCURRENCY": "1"])
        try installation.record((0..<9).map { "t\($0)" })
        try installation.wait(for: 9, in: "dead")
        let before = try installation.ask("listPostbacks", [:]).at("postbacks.0")
        #expect(before?["paused"] == .null)
        try installation.record(["t9"])
        try installation.wait(for: 10, in: "dead")
        try waitUntil("the postback is paused") {
            try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") != .null
        }
        #expect(
            try installation.ask("listPostbacks", [:]).at("postbacks.0.paused.reason")?.text?.contains("10") == true)

        let sent = receiver.requests.count
        let late = (10..<15).map { "t\($0)" }
        for transaction in late { try installation.record([transaction]) }
        try installation.wait(for: 5, in: "held")
        receiver.behave(ReceiverBehaviour())
        _ = try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
        try installation.wait(for: 5, in: "delivered")
        let arrived = receiver.requests[sent...].map { $0.target.split(separator: "/")[0] }
        #expect(arrived == late.map { $0[...] })
        withExtendedLifetime(poller) {}
    }

    @Test func `R13: one that arrived among the last ten keeps it going`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["POSTBACKS_RETRY_SCHEDULE": "0"])
        try installation.record((0..<5).map { "t\($0)" })
        try installation.wait(for: 5, in: "dead")
        receiver.behave(ReceiverBehaviour())
        try installation.record(["good"])
        try installation.wait(in: "delivered")
        receiver.behave(ReceiverBehaviour(statuses: [500]))
        try installation.record((5..<14).map { "t\($0)" })
        try installation.wait(for: 14, in: "dead")
        #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") == .null)
        withExtendedLifetime(poller) {}
    }
}
