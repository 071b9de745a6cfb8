import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests R10 in listDeliveries: a delivery that waits for an earlier event names it.
@Suite(.ownThreads) struct WaitingDeliveryTests {
    private func waits(_ installation: Installation, _ id: Int) throws -> JSON? {
        try installation.ask("listDeliveries", ["deliveryId": .integer(id)]).at("deliveries.0.waitsFor")
    }

    @Test func `a delivery that waits for an earlier event's says for which and until when, and then no more`() throws {
        let installation = try Installation.withOffer()
        for status in ["pending", "done", "rejected"] {
            _ = try installation.createPostback(["conversionStatus": .string(status)])
        }
        try installation.record(["t"])
        let first = try installation.claim()
        try installation.update(["conversionId": 1, "status": "done"])
        try installation.update(["conversionId": 1, "status": "rejected"])
        #expect(try waits(installation, 1) == .null)
        #expect(try waits(installation, 2)?["deliveryId"] == 1 && waits(installation, 3)?["eventSequence"] == 1)
        try installation.settle(first, ["outcome": "retry", "retryInSeconds": 3600])
        #expect(try waits(installation, 2)?["until"]?.text?.hasSuffix("Z") == true)
        #expect(try installation.claim().isEmpty)
        // Owed for longer than the hold, the first is waited for no more; the third waits for the second.
        _ = try installation.database.connect().run(
            "UPDATE outbox SET owed_at = owed_at - interval '1 hour' WHERE id = 1"
        )
        #expect(try waits(installation, 2) == .null)
        #expect(try waits(installation, 3)?["deliveryId"] == 2)
        _ = try installation.database.connect().run("UPDATE outbox SET due_at = now() WHERE id = 2")
        #expect(try installation.claim().map(\.delivery).contains(2))
    }

    @Test func `one that is resent does not wait longer than it would have`() throws {
        let installation = try Installation.withOffer()
        for status in ["pending", "done"] {
            _ = try installation.createPostback(["conversionStatus": .string(status)])
        }
        try installation.record(["t"])
        try installation.settle(try installation.claim(), ["outcome": "retry", "retryInSeconds": 7200])
        let age = "UPDATE outbox SET owed_at = owed_at - interval '1 hour' WHERE id = 1"
        _ = try installation.database.connect().run(Query(stringLiteral: age))
        try installation.update(["conversionId": 1, "status": "done"])
        _ = try installation.database.connect().run("UPDATE outbox SET due_at = now() WHERE id = 2")
        try installation.settle(try installation.claim(), ["outcome": "failed"])
        try installation.ask("resendDeliveries", ["deliveryIds": [2]])
        #expect(try waits(installation, 2) == .null)
        #expect(try installation.claim().map(\.delivery) == [2])
    }
}
