import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests sequences that are behind their tables, and rows whose ids already exist.
@Suite(.ownThreads) struct SequenceTests {
    private static let sequences = [
        "outbox_id_seq", "events_id_seq", "conversions_id_seq", "postbacks_id_seq", "destinations_id_seq",
    ]

    @Test func `a sequence of deliveries that was set back costs nothing: each is sent once, under an id of its own`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller { _ in
            try installation.record(["a", "b", "c"])
            try installation.wait(for: 3, in: "delivered")
            _ = try installation.database.connect().run("SELECT setval('outbox_id_seq', 1)")
            try installation.record(["d"])
            try installation.wait(for: 4, in: "delivered")
            try installation.record(["e", "f"])
            let all = try installation.wait(for: 6, in: "delivered")
            #expect(receiver.requests.count == 6)
            let ids = receiver.requests.map { request in
                request.headers.first { $0.name.lowercased() == "postback-delivery-id" }?.value
            }
            #expect(Set(ids).count == 6)
            #expect(all.allSatisfy { $0.outcomes == ["delivered"] })
            #expect(try installation.count("outbox") == 0)
        }
    }

    @Test func `a delivery whose id a finished delivery has is sent, and so are the later ones`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["a", "b"])
        let connection = try installation.database.connect()
        // This imitates a delivery that was in flight when the ids were mixed up.
        try connection.execute(
            script: """
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    lease_no, owed_at)
                SELECT id, 0, 0, 1, postback_id, destination_id, 'delivered', 1, 1, now() FROM outbox WHERE id = 1;
                UPDATE outbox SET lease_until = now() - interval '1 second', lease_no = 1 WHERE id = 1
                """)
        try installation.withPoller { _ in
            try waitUntil("both arrive") { receiver.requests.count == 2 }
            try waitUntil("nothing is owed") { try installation.count("outbox") == 0 }
            #expect(try installation.count("deliveries") == 3)
        }
    }

    @Test func `a deleted postback's delivery whose id is taken stops nobody's upkeep`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.record(["a"])
        try installation.database.connect().execute(
            script: """
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    lease_no, owed_at)
                SELECT id, 0, 0, 1, postback_id, destination_id, 'delivered', 1, 1, now() FROM outbox;
                UPDATE postbacks SET deleted_at = now()
                """)
        let poller = try RunningPoller(installation)
        try waitUntil("it is cancelled") { try installation.count("outbox") == 0 }
        #expect(try installation.count("deliveries") == 2)
        #expect(!(try poller.log.contains("upkeep of the database failed")))
    }

    @Test func `a running poller brings every sequence forward, and recording goes on`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record((1...5).map { "t\($0)" })
        let connection = try installation.database.connect()
        for name in Self.sequences { _ = try connection.run("SELECT setval(\(name)::regclass, 1, false)") }
        // The sequence is not repaired yet: the caller may try again, and nothing is recorded partly.
        let refused = try installation.refusal(
            of: "recordConversion", ["offerId": "o", "affiliateId": "a", "transactionId": "u1"])
        #expect(refused.code == "unavailable")
        let poller = try RunningPoller(installation)
        try waitUntil("they are ahead") { try connection.run("SELECT FROM sequences_behind()").isEmpty }
        try installation.record(["u1", "u2"])
        try installation.wait(for: 7, in: "delivered")
        #expect(receiver.requests.count == 7)
        #expect(try poller.log.contains("sequences were behind their tables"))
        try installation.createPostback(["conversionStatus": "done", "url": "http://127.0.0.2/{click_id}"])
    }

    @Test func `a row that cannot be leased waits, and everything beside it goes out`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["a", "bad", "c", "d"])
        let connection = try installation.database.connect()
        _ = try connection.run(
            """
            UPDATE outbox SET lease_no = 2147483647 WHERE conversion_id =
                (SELECT id FROM conversions WHERE transaction_id = 'bad')
            """)
        let poller = try RunningPoller(installation)
        try installation.wait(for: 3, in: "delivered")
        try waitUntil("it says why") { try poller.log.contains("a delivery cannot be read and waits for an hour") }
        #expect(receiver.requests.count == 3)
        let left = try connection.run(
            "SELECT lease_no, attempt, due_at > now() + interval '30 minutes' AS later FROM outbox")
        #expect(left.count == 1 && left[0].bool("later") == true && left[0].integer("attempt") == 0)
    }

    @Test func `doctor names them, and the statement that it gives mends them`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        try installation.record(["a", "b", "c"])
        // A poller that will send them, as far as doctor can see, however long this test takes.
        try installation.database.connect().execute(
            script: """
                INSERT INTO pollers (id, version, started_at, seen_at)
                VALUES (gen_random_uuid(), 'test', now(), now() + interval '1 hour');
                UPDATE outbox SET due_at = now() + interval '1 hour'
                """)
        let environment = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        #expect(try Programs.run("postbacks", ["doctor"], environment: environment).status == .exited(0))
        let connection = try installation.database.connect()
        for name in Self.sequences { _ = try connection.run("SELECT setval(\(name)::regclass, 1, false)") }
        let report = try Programs.run("postbacks", ["doctor"], environment: environment)
        #expect(report.status == .exited(1))
        let remedies = report.text.split(separator: "\n").compactMap { line in
            line.split(separator: "run: ").dropFirst().first.map(String.init)
        }.filter { $0.hasPrefix("SELECT setval") }
        #expect(remedies.count == 5, "\(report.text)")
        for remedy in remedies { try connection.execute(script: remedy) }
        #expect(try Programs.run("postbacks", ["doctor"], environment: environment).status == .exited(0))
        try installation.record(["d"])
    }
}
