import Domain
import Postgres
import Receiver
import Store
import TestSupport
import TestThreads
import Testing

/// Tests that rows that a poller cannot read affect only their own delivery, which is not retried for ever.
@Suite(.ownThreads) struct UnreadableTests {
    private let receiver: RunningReceiver
    private let installation: Installation
    private let connection: Connection

    init() throws {
        receiver = try RunningReceiver()
        installation = try Installation.sending(to: receiver.url)
        connection = try installation.database.connect()
    }

    /// The conversion of delivery 2 is deleted.
    private func spoil() throws {
        try installation.record(["a", "b", "c"])
        try connection.execute(
            script: """
                ALTER TABLE outbox ALTER COLUMN conversion_id DROP NOT NULL;
                UPDATE outbox SET conversion_id = NULL WHERE id = 2
                """)
    }

    @Test func `a claim gives its readable rows, and says of each other which lease it is`() throws {
        try spoil()
        let claim = ClaimDeliveries(
            [Outbox.Share(destination: 1, free: 10)], lease: .seconds(60), orderHold: .seconds(600), schedule: .standard
        )
        let answer = try connection.run(claim)
        #expect(answer.claims.map(\.delivery) == [1, 3])
        #expect(answer.unreadable.map(\.delivery) == [2] && answer.unreadable.map(\.leaseNumber) == [1])
        #expect(
            answer.unreadable.map(\.error.description) == ["the column conversion_id is NULL in claim_deliveries"])
        #expect(answer.takenIDs.isEmpty && answer.ended.isEmpty)
    }

    @Test func `what was leased and cannot be read goes back and waits an hour, and everything beside it goes out`()
        throws
    {
        try spoil()
        let poller = try RunningPoller(installation)
        try waitUntil("both others are sent") { receiver.requests.count == 2 }
        try waitUntil("it has gone back") {
            try connection.run(
                """
                SELECT FROM outbox WHERE id = 2 AND lease_until IS NULL AND lease_no = 1 AND attempt = 0
                    AND due_at > now() + interval '50 minutes'
                """
            ).count == 1
        }
        #expect(try poller.log.contains("the column conversion_id is NULL in claim_deliveries"))
        // The poller continues.
        try installation.record(["d"])
        try waitUntil("the next one is sent") { receiver.requests.count == 3 }
        #expect(try connection.run("SELECT FROM attempts WHERE delivery_id = 2").isEmpty)
    }

    @Test func `answers whose outcome cannot be read are stored once, and the poller goes on`() throws {
        receiver.behave(ReceiverBehaviour(statuses: [403]))
        try connection.execute(
            script: """
                ALTER TABLE destinations ALTER COLUMN origin DROP NOT NULL;
                UPDATE destinations SET origin = NULL
                """)
        try installation.record(["a", "b"])
        let poller = try RunningPoller(installation)
        try waitUntil("both have failed") {
            try connection.run("SELECT FROM deliveries WHERE state = 'failed'").count == 2
        }
        try waitUntil("it says why") {
            try poller.log.contains("answers are stored, but their results cannot be read")
        }
        _ = try connection.run("UPDATE destinations SET origin = 'http://127.0.0.1:1'")
        try installation.record(["c"])
        try waitUntil("the next one has failed") {
            try connection.run("SELECT FROM deliveries WHERE state = 'failed'").count == 3
        }
        #expect(receiver.requests.count == 3)
        #expect(try connection.run("SELECT FROM attempts").count == 3)
        #expect(try !poller.log.contains("late answers of lost leases"))
    }
}
