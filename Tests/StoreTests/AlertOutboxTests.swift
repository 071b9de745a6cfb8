import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests the alerts that the database keeps for the operator.
@Suite(.ownThreads) struct AlertOutboxTests {
    private let connection: Connection

    init() throws {
        connection = try TestDatabase.withTables().connect()
        try connection.execute(
            script: """
                INSERT INTO destinations (origin) VALUES ('http://one:80');
                INSERT INTO offers (id, name) VALUES ('o', 'Offer');
                INSERT INTO postbacks (offer_id, conversion_status, url, http_type, destination_id)
                VALUES ('o', 'done', 'http://one/', 'GET', 1);
                """)
    }

    private func call<Stored: StoredCall>(_ call: Stored) throws -> Stored.Answer { try connection.run(call) }

    private func types() throws -> [String] {
        try connection.run("SELECT type FROM alerts ORDER BY id").compactMap { $0.text("type") }
    }

    private func owe(secondsAgo: Int) throws {
        try connection.execute(
            script: """
                TRUNCATE outbox;
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at)
                VALUES (1, 1, 1, 1, 1, now() - interval '\(secondsAgo) seconds')
                """)
    }

    @Test func `an outbox that lags is told once, and again only after it recovered`() throws {
        let watch = WatchOutbox(lagSeconds: 300)
        try call(watch)
        try owe(secondsAgo: 290)
        try call(watch)
        #expect(try types().isEmpty)
        try owe(secondsAgo: 310)
        for _ in 1...3 { try call(watch) }
        #expect(try types() == ["outbox.lagging"])
        let data = try connection.run("SELECT data FROM alerts").first?.text("data") ?? ""
        #expect(data.contains("http://one:80") && data.contains("\"owed\": 1"))
        // A little better is not well.
        try owe(secondsAgo: 200)
        try call(watch)
        try owe(secondsAgo: 400)
        try call(watch)
        #expect(try types().count == 1)
        try owe(secondsAgo: 10)
        try call(watch)
        try owe(secondsAgo: 400)
        try call(watch)
        #expect(try types().count == 2)
    }

    @Test func `what is held, leased, or goes to a blocked destination does not lag`() throws {
        let watch = WatchOutbox(lagSeconds: 300)
        try call(watch)
        for change in [
            "UPDATE outbox SET due_at = 'infinity'", "UPDATE outbox SET lease_until = now() + interval '1 minute'",
            "UPDATE destinations SET blocked_until = now() + interval '1 minute'",
        ] {
            try owe(secondsAgo: 1000)
            try connection.execute(script: change)
            try call(watch)
            #expect(try types().isEmpty, "\(change)")
        }
    }

    @Test func `of each type five hundred are kept, and others beside them`() throws {
        try call(WatchOutbox(lagSeconds: 300))
        for _ in 1...6 {
            _ = try connection.run("SELECT tell('postback.paused', '{}') FROM generate_series(1, 100)")
        }
        try call(NotifyOperator("poller.stopped", [:]))
        #expect(try types().count == 501)
    }

    @Test func `nothing is stored before a poller that tells was there, nor an hour after the last one was`() throws {
        try call(NotifyOperator("poller.stopped", [:]))
        #expect(try types().isEmpty)
        try call(WatchOutbox(lagSeconds: 300))
        _ = try connection.run("UPDATE alert_watch SET seen_at = now() - interval '59 minutes'")
        try call(NotifyOperator("poller.stopped", [:]))
        _ = try connection.run("UPDATE alert_watch SET seen_at = now() - interval '61 minutes'")
        try call(NotifyOperator("poller.stopped", [:]))
        #expect(try types().count == 1)
    }

    @Test func `an alert is leased by one poller, fenced, counted, and forgotten after three days`() throws {
        try call(WatchOutbox(lagSeconds: 300))
        for _ in 1...3 { try call(NotifyOperator("postback.resumed", ["reason": "r"])) }
        let claimed = try call(ClaimAlerts(2, lease: .seconds(60))).alerts
        #expect(claimed.count == 2 && claimed.allSatisfy { $0.attempt == 1 && $0.data == ["reason": "r"] })
        #expect(claimed.allSatisfy { $0.id >= AlertOutbox.firstID })
        #expect(try call(ClaimAlerts(5, lease: .seconds(60))).alerts.count == 1)
        #expect(try call(ClaimAlerts(5, lease: .seconds(60))).alerts.isEmpty)
        try call(
            CompleteAlerts([
                AlertOutbox.Verdict(claimed[0], .done),
                AlertOutbox.Verdict(claimed[1], .again(wait: .zero, countsAsAttempt: true)),
            ]))
        let again = try call(ClaimAlerts(5, lease: .seconds(60))).alerts
        #expect(again.map(\.id) == [claimed[1].id] && again.map(\.attempt) == [2])
        // A late answer of the lease before.
        try call(CompleteAlerts([AlertOutbox.Verdict(claimed[1], .done)]))
        #expect(try types().count == 2)
        _ = try connection.run("UPDATE alerts SET at = now() - interval '4 days', lease_until = NULL")
        #expect(try call(ClaimAlerts(5, lease: .seconds(60))).alerts.isEmpty)
        #expect(try types().isEmpty)
    }

    @Test func `a pause that is repeated or undone in vain is told as what changed`() throws {
        try call(WatchOutbox(lagSeconds: 300))
        let pause: Query = "UPDATE postbacks SET paused_at = now(), paused_reason = 'r'"
        let resume: Query = "UPDATE postbacks SET paused_at = NULL, paused_reason = NULL"
        for change in [resume, pause, pause, resume, resume, pause] { _ = try connection.run(change) }
        #expect(try types() == ["postback.paused", "postback.resumed", "postback.paused"])
        let offer = try connection.run(
            "SELECT data -> 'offer' ->> 'name' AS offer, data -> 'affiliate' ->> 'id' AS affiliate FROM alerts LIMIT 1")
        #expect(offer.first?.text("offer") == "Offer" && offer.first?.text("affiliate") == "*")
    }
}
