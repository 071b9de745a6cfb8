import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests how the receiver's behaviour decides about a delivery: R8, R9, R11, R12.
@Suite(.ownThreads) struct RetryTests {
    @Test func `R11: 500, 500, 200 is delivered by the third attempt; R9: under one id, and each attempt is numbered`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 500, 200]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller { _ in
            try installation.record(["t"])
            let delivery = try installation.wait(in: "delivered")[0]
            #expect(delivery.outcomes == ["retry", "retry", "delivered"])
            #expect(delivery["attemptCount"] == 3)
            #expect(delivery["attempts"]?.items.compactMap { $0.at("response.status") } == [500, 500, 200])
            #expect(receiver.requests.map { $0.header("Postback-Delivery-Id") } == Array(repeating: "1", count: 3))
            #expect(receiver.requests.map { $0.header("Postback-Attempt") } == ["1", "2", "3"])
            #expect(Set(receiver.requests.map(\.target)) == ["/t/pending?payout=1.50"])
            #expect(try installation.count("outbox") == 0)
        }
    }

    @Test(arguments: [404, 408, 409, 425, 429, 503])
    func `R11: these are tried again`(status: Int) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [status, 200]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller { _ in
            try installation.record(["t"])
            #expect(try installation.wait(in: "delivered")[0].outcomes == ["retry", "delivered"])
        }
    }

    @Test(arguments: [301, 302, 307, 400, 401, 403, 422])
    func `R11: a refusal is final, and redirects are not followed`(status: Int) throws {
        let elsewhere = try RunningReceiver()
        let receiver = try RunningReceiver(
            ReceiverBehaviour(statuses: [status], location: "\(elsewhere.url)/elsewhere"))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller { _ in
            try installation.record(["t"])
            let delivery = try installation.wait(in: "failed")[0]
            #expect(delivery.outcomes == ["failed"])
            #expect(delivery.at("attempts.0.error.code") == "http_status")
            #expect(receiver.requests.count == 1)
            #expect(elsewhere.requests.isEmpty)
        }
    }

    @Test func `R11: 410 is final and pauses the postback; what it owes from then on is held`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller { _ in
            try installation.record(["t"])
            try installation.wait(in: "failed")
            let postback = try installation.ask("listPostbacks", [:]).at("postbacks.0")
            #expect(postback?.at("paused.reason")?.text?.contains("410") == true)
            try installation.record(["u", "v"])
            #expect(
                try installation.wait(for: 2, in: "held").allSatisfy { $0["attempts"] == [] && $0["dueAt"] == .null })
        }
    }

    @Test
    func
        `R11 and R12: a receiver that is not there is tried as often as the schedule says; then the delivery is dead, and kept`()
        throws
    {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.withPoller { _ in
            try installation.record(["t"])
            let delivery = try installation.wait(in: "dead")[0]
            #expect(delivery.outcomes == ["retry", "retry", "retry"])
            #expect(
                delivery["attempts"]?.items.compactMap { $0.at("error.code")?.text } == [
                    "connect", "connect", "connect",
                ])
            #expect(try installation.count("outbox") == 0)
        }
    }

    @Test func `R11: a body that does not end is judged only where successWhen needs the rest of it`() throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nbegin"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.1"]) { _ in
            try installation.record(["t1"])
            let delivered = try installation.wait(in: "delivered")[0]
            #expect(delivered.outcomes == ["delivered"])
            #expect(delivered.at("attempts.0.response.body") == "begin")
            #expect(delivered.at("attempts.0.response.incomplete.code")?.text != nil)
            try installation.ask("updatePostback", ["postbackId": 1, "successWhen": ["bodyContains": "OK"]])
            try installation.record(["t2"])
            let dead = try installation.wait(in: "dead")[0]
            #expect(dead.outcomes == ["retry", "retry"])
            #expect(dead.at("attempts.0.error.code") == "protocol")
        }
    }

    @Test func `R12: the schedule is a setting, and each wait is lengthened by 0 to 20 %`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.1,0.2,0.1,0.05,0"]) { _ in
            try installation.record(["t"])
            let delivery = try installation.wait(in: "dead")[0]
            #expect(delivery["attemptCount"] == 6)
            let waits = (delivery["attempts"]?.items ?? []).map { attempt -> Double? in
                guard case .number(let text)? = attempt["retryInSeconds"] else { return nil }
                return Double(text)
            }
            #expect(waits.count == 6 && waits[5] == nil)
            for (wait, expected) in zip(waits, [0.1, 0.2, 0.1, 0.05, 0]) {
                #expect(wait.map { (expected...expected * 1.2).contains($0) } == true)
            }
        }
    }

    @Test func `R12: Retry-After lengthens the wait, and nonsense in it does not`() throws {
        let polite = try RunningReceiver(ReceiverBehaviour(statuses: [503], retryAfter: "3600"))
        let silly = try RunningReceiver(ReceiverBehaviour(statuses: [503], retryAfter: "soon"))
        let one = try Installation.sending(to: polite.url)
        let two = try Installation.sending(to: silly.url)
        try one.withPoller { _ in
            try one.record(["t"])
            let delivery = try one.wait(in: "retrying")[0]
            #expect(delivery.at("attempts.0.retryInSeconds") == 3600)
            let isLate: Query = "SELECT (due_at > now() + interval '50 minutes')::text AS value FROM outbox"
            #expect(try one.value(isLate) == "true")
        }
        try two.withPoller { _ in
            try two.record(["t"])
            #expect(try two.wait(in: "dead")[0].outcomes.count == 3)
        }
    }

    @Test
    func `R8: a delivery uses the event's snapshot, and the postback as it is at the time: a repaired URL repairs it`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        let schedule = Array(repeating: "0.2", count: 600).joined(separator: ",")
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": schedule]) { _ in
            try installation.record(["t"])
            let connection = try installation.database.connect()
            try waitUntil("an attempt") { try installation.count("attempts") > 0 }
            try installation.ask(
                "updateConversionStatus", ["offerId": "o", "transactionId": "t", "status": "done", "payout": "99"])
            let url = "\(receiver.url)/repaired/{status}?payout={payout}&now={conversion_id}"
            _ = try connection.run("UPDATE postbacks SET url = \(url), version = 2")
            let delivery = try installation.wait(in: "delivered")[0]
            #expect(receiver.requests.map(\.target) == ["/repaired/pending?payout=1.50&now=1"])
            let versions = delivery["attempts"]?.items.compactMap { $0["postbackVersion"]?.integer } ?? []
            #expect(versions.first == 1 && versions.last == 2)
        }
    }
}
