import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests R10: a delivery is not sent after a later event of its conversion was delivered to the same destination.
@Suite(.ownThreads) struct OvertakenTests {
    /// The statuses of a conversion's requests, as they arrived.
    private func order(_ receiver: RunningReceiver, _ transaction: String = "t") -> [String] {
        receiver.requests.filter { $0.target.hasPrefix("/\(transaction)/") }
            .map { String($0.target.split(separator: "/")[1].prefix { $0 != "?" }) }
    }

    /// The port of a receiver that does not listen.
    private func closedPort() throws -> UInt16 {
        let receiver = try RunningReceiver()
        let port = receiver.port
        receiver.stop()
        try waitUntil("the port is closed") { (try? RunningReceiver(port: port))?.port == port }
        return port
    }

    @Test func `an event that was overtaken while nobody listened ends skipped with superseded, and force sends it`()
        throws
    {
        let port = try closedPort()
        let settings = ["POSTBACKS_ORDER_HOLD": "15", "POSTBACKS_RETRY_SCHEDULE": "1,600"]
        let installation = try Installation.sending(
            to: "http://127.0.0.1:\(port)", on: ["pending", "done"], environment: settings)
        try installation.withPoller(settings) { _ in
            try installation.record(["t"])
            try installation.update("t", "done")
            // Its second attempt has failed too; the next one is due in ten minutes.
            try waitUntil("pending was tried twice") {
                try installation.value("SELECT attempt::text AS value FROM outbox WHERE sequence = 1") == "2"
            }
            let receiver = try RunningReceiver(port: port)
            try installation.wait(in: "delivered")
            let skipped = try installation.wait(in: "skipped")[0]
            #expect(skipped["status"] == "pending")
            #expect(skipped.outcomes == ["retry", "retry", "skipped"])
            #expect(skipped.at("attempts.2.error.code") == "superseded")
            #expect(skipped.at("attempts.2.request") == .null)
            #expect(skipped["attemptCount"] == 3)
            #expect(
                try installation.value("SELECT error_code AS value FROM delivery_log WHERE sequence = 1")
                    == "superseded")
            #expect(order(receiver) == ["done"])

            let resend: JSON = ["filter": ["conversionId": 1]]
            let left = try installation.ask("resendDeliveries", resend)
            #expect(left["resent"] == 0)
            #expect(left["leftOut"] == ["delivered": 1, "overtaken": 1])
            let id = skipped["id"] ?? .null
            #expect(try installation.ask("resendDeliveries", ["deliveryIds": [id], "force": true])["resent"] == 1)
            try installation.wait(for: 2, in: "delivered")
            #expect(order(receiver) == ["done", "pending"])
        }
    }

    @Test func `sendOvertaken on the postback sends it all the same, and it is listed`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [503], retryAfter: "6"))
        let settings = ["POSTBACKS_ORDER_HOLD": "1", "POSTBACKS_RETRY_SCHEDULE": "1,1,1"]
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"], environment: settings)
        try installation.ask("updatePostback", ["postbackId": 1, "sendOvertaken": true])
        #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.sendOvertaken") == true)
        #expect(try installation.ask("listPostbacks", [:]).at("postbacks.1.sendOvertaken") == false)
        try installation.withPoller(settings) { _ in
            try installation.record(["t"])
            try installation.wait(in: "retrying")
            receiver.behave(ReceiverBehaviour())
            try installation.update("t", "done")
            try installation.wait(for: 2, in: "delivered")
            #expect(order(receiver) == ["pending", "done", "pending"])
        }
    }

    @Test func `a failed event of yesterday is not resent behind a later one that was delivered`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [400]))
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        try installation.withPoller { _ in
            try installation.record(["t", "u"])
            try installation.wait(for: 2, in: "failed")
            receiver.behave(ReceiverBehaviour())
            try installation.update("t", "done")
            try installation.wait(in: "delivered")
            let resent = try installation.ask("resendDeliveries", ["filter": ["state": "failed"]])
            #expect(resent["resent"] == 1)
            #expect(resent["leftOut"] == ["overtaken": 1])
            try installation.wait(for: 2, in: "delivered")
            #expect(order(receiver) == ["pending", "done"])
            #expect(order(receiver, "u") == ["pending", "pending"])
        }
    }

    @Test func `an event in flight to where its postback led before is not overtaken at the new destination`() throws {
        let old = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let new = try RunningReceiver()
        let installation = try Installation.sending(to: old.url, on: ["pending", "done"])
        try installation.withPoller(["POSTBACKS_TIMEOUT": "3", "POSTBACKS_LEASE": "14"]) { _ in
            try installation.record(["t"])
            try waitUntil("it is in flight") { !old.requests.isEmpty }
            for id in 1...2 {
                try installation.ask(
                    "updatePostback",
                    ["postbackId": .integer(id), "url": .string("\(new.url)/{transaction_id}/{status}")])
            }
            try installation.update("t", "done")
            try installation.wait(for: 2, in: "delivered")
            #expect(order(new) == ["pending", "done"])
            #expect(order(old) == ["pending"])
        }
    }

    @Test func `a pause longer than the hold leaves the order as it is: the hold counts from the resumption`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
        let installation = try Installation.sending(to: receiver.url, on: ["done"])
        try installation.withPoller { _ in
            try installation.record(["gone", "t"])
            try installation.update("gone", "done")
            try waitUntil("the postback is paused") {
                try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") != .null
            }
            for status in ["done", "rejected", "done"] { try installation.update("t", status) }
            try installation.wait(for: 2, in: "held")
            // This imitates that days pass.
            _ = try installation.database.connect().run(
                "UPDATE outbox SET owed_at = owed_at - interval '3 days', due_at = due_at - interval '3 days'")
            receiver.behave(ReceiverBehaviour(statuses: [500, 500, 200]))
            try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
            try installation.wait(for: 2, in: "delivered")
            let ids = receiver.requests.filter { $0.target.hasPrefix("/t/") }.compactMap {
                $0.header("Postback-Delivery-Id")
            }
            #expect(ids.count == 6)
            #expect(ids == ids.sorted())
        }
    }

    @Test(arguments: [false, true])
    func `whatever receivers answer, no earlier event arrives behind a later one that was delivered`(
        movesMidway: Bool
    ) throws {
        let statuses = [500, 200, 200, 404, 500, 200, 500]
        let receivers = try (0..<2).map { _ in
            try RunningReceiver(ReceiverBehaviour(statuses: statuses, script: .cycle, delay: .milliseconds(20)))
        }
        // The hold is so short that events overtake each other all the time.
        let settings = [
            "POSTBACKS_ORDER_HOLD": "0.2",
            "POSTBACKS_RETRY_SCHEDULE": [String](repeating: "0.3", count: 30).joined(separator: ","),
        ]
        let installation = try Installation.sending(
            to: receivers[0].url, on: ["pending", "done", "rejected"], environment: settings)
        try installation.withPollers(2, settings) {
            let transactions = (0..<40).map { "t\($0)" }
            try installation.record(transactions)
            for (round, status) in ["done", "rejected", "done"].enumerated() {
                _ = try installation.ask(
                    "updateConversionStatus",
                    all: transactions.map { ["offerId": "o", "transactionId": .string($0), "status": .string(status)] })
                if movesMidway, round == 1 {
                    for id in 1...3 {
                        try installation.ask(
                            "updatePostback",
                            [
                                "postbackId": .integer(id),
                                "url": .string("\(receivers[1].url)/{transaction_id}/{status}"),
                            ])
                    }
                }
            }
            try waitUntil("everything has ended") { try installation.count("outbox") == 0 }
            let deliveries = try installation.deliveries()
            #expect(deliveries.count == 160)
            #expect(deliveries.allSatisfy { ["delivered", "skipped"].contains($0["state"]?.text) })
            #expect(deliveries.contains { $0["state"] == "skipped" })
            let byID = Dictionary(
                deliveries.compactMap { delivery in
                    delivery["id"]?.integer.map { (String($0), delivery) }
                }
            ) { first, _ in first }
            for receiver in receivers {
                // This holds the highest sequence delivered so far for each conversion. The last request of a delivery
                // that was delivered here is the one that was accepted.
                var highest: [Int: Int] = [:]
                var remaining: [String: Int] = [:]
                let requests = receiver.requests.compactMap { $0.header("Postback-Delivery-Id") }
                for id in requests { remaining[id, default: 0] += 1 }
                for id in requests {
                    let delivery = try #require(byID[id])
                    let conversion = delivery["conversionId"]?.integer ?? 0
                    let sequence = delivery["sequence"]?.integer ?? 0
                    #expect(sequence >= highest[conversion, default: 0], "conversion \(conversion)")
                    remaining[id, default: 0] -= 1
                    if remaining[id] == 0, delivery["state"] == "delivered",
                        delivery["destination"]?.text == receiver.url
                    {
                        highest[conversion] = max(sequence, highest[conversion, default: 0])
                    }
                }
            }
        }
    }
}
