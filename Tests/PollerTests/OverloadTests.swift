import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a receiver that answers "too many" gets fewer requests.
@Suite(.ownThreads) struct OverloadTests {
    @Test func `a receiver that takes 20 a second gets hardly more than that, and everything`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(perSecond: 20))
        let installation = try Installation.sending(to: receiver.url)
        let schedule = Array(repeating: "0.5", count: 100).joined(separator: ",")
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": schedule]) { _ in
            try installation.record((1...200).map { "t\($0)" })
            try installation.wait(for: 200, in: "delivered")
            // Without pauses it would be several thousand.
            #expect(receiver.requests.count < 260)
        }
    }

    @Test func `Retry-After on 503 stops all that waits for the destination, and costs what waits no attempt`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [503], retryAfter: "30"))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.1,60", "POSTBACKS_DESTINATION_CONCURRENCY": "4"]) {
            _ in
            try installation.record(["t0"])
            try installation.wait(in: "retrying")
            try waitUntil("it is blocked") {
                try installation.value(
                    "SELECT (blocked_until > now() + interval '20 s')::text AS value FROM destinations")
                    == "true"
            }
            try installation.record((1...50).map { "t\($0)" })
            receiver.behave(ReceiverBehaviour())
            // The first delivery is due when the block ends, and not after the 0.1 s of the schedule.
            #expect(
                try installation.value(
                    "SELECT (due_at > now() + interval '20 s')::text AS value FROM outbox WHERE attempt = 1") == "true")
            // Each delivery to another destination shows that the poller has looked for due deliveries once more.
            let other = try RunningReceiver()
            try installation.configure(
                offer: ["offerId": "other"], postbacks: [["url": .string("\(other.url)/{transaction_id}")]])
            for number in 1...10 {
                try installation.record(["u\(number)"], ["offerId": "other"])
                try installation.wait(for: number, in: "delivered")
            }
            #expect(receiver.requests.count == 1)
            #expect(try installation.deliveries().filter { $0["state"] == "owed" && $0["attempts"] == [] }.count == 50)
            _ = try installation.database.connect().run("UPDATE destinations SET blocked_until = now() WHERE id = 1")
            try installation.wait(for: 60, in: "delivered")
        }
    }
}
