import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests R10: events of one conversion go to one destination in their order.
@Suite(.ownThreads) struct OrderTests {
    @Test func `R10: a later event waits until the earlier ones are finished, also while these are tried again`() throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 200]))
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done", "rejected"])
        let transactions = (0..<20).map { "t\($0)" }
        try installation.record(transactions)
        for status in ["done", "rejected"] {
            let answers = try installation.ask(
                "updateConversionStatus",
                all: transactions.map { ["offerId": "o", "transactionId": .string($0), "status": .string(status)] })
            #expect(answers.allSatisfy { $0["changed"] == true })
        }
        try installation.withPollers(2) {
            try installation.wait(for: 60, in: "delivered")
            for transaction in transactions {
                let order = receiver.requests.filter { $0.target.hasPrefix("/\(transaction)/") }
                    .map { $0.target.split(separator: "/")[1].prefix { $0 != "?" } }
                #expect(order == ["pending", "pending", "done", "done", "rejected", "rejected"])
            }
        }
    }

    @Test func `R10: a later event waits no longer than the order's hold`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [503], retryAfter: "3600"))
        let hold = ["POSTBACKS_ORDER_HOLD": "2"]
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"], environment: hold)
        try installation.withPoller { _ in
            try installation.record(["t"])
            try installation.wait(in: "retrying")
            receiver.behave(ReceiverBehaviour())
            try installation.update("t", "done")
            try installation.wait(in: "delivered")
            // An overtaken delivery is not sent.
            try installation.wait(in: "skipped")
            #expect(receiver.requests.map(\.target) == ["/t/pending?payout=1.50", "/t/done?payout=1.50"])
            #expect(try installation.count("outbox") == 0)
            #expect(
                try installation.value(
                    """
                    SELECT (attempts.at >= owed_at + interval '2 seconds')::text AS value FROM attempts, deliveries
                    WHERE outcome = 'delivered' AND deliveries.state = 'skipped'
                    """) == "true")
        }
    }

    @Test func `R10: other conversions and other destinations do not wait`() throws {
        let slow = try RunningReceiver(ReceiverBehaviour(statuses: [503], retryAfter: "3600"))
        let other = try RunningReceiver()
        let installation = try Installation.sending(to: slow.url)
        try installation.createPostback([
            "conversionStatus": "done", "url": .string("\(other.url)/{transaction_id}/{status}"),
        ])
        try installation.withPoller { _ in
            try installation.record(["t"])
            try installation.wait(in: "retrying")
            try installation.update("t", "done")
            try installation.wait(in: "delivered")
            #expect(other.requests.map(\.target) == ["/t/done"])
            try installation.record(["u"])
            try installation.wait(for: 2, in: "retrying")
        }
    }
}
