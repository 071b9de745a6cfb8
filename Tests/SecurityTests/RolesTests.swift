import Glibc
import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests `postbacks migrate --roles`: every program works with a login that has only the rights it needs.
@Suite(.ownThreads) struct RolesTests {
    private func postback(_ url: String, _ more: JSON = [:]) -> JSON {
        let usual: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "pending", "httpType": "GET",
            "url": .string("\(url)/{transaction_id}/{status}"), "basicAuth": ["login": "ada", "password": "canary"],
            "requestHeaders": ["X-Api-Key": "canary"], "idempotencyKey": "k",
            "signingSecret": "whsec_Y2FuYXJ5LXNpZ25pbmctMTIzNDU2Nzg5MA==",
        ]
        return usual.merging(more)
    }

    private func conversion(_ transaction: String) -> JSON {
        ["offerId": "o", "affiliateId": "a", "goalId": "g", "transactionId": .string(transaction), "clickId": "c"]
    }

    private func configure(_ guarded: GuardedInstallation, _ url: String) throws {
        let manager = guarded.manager
        let goals: JSON = [["id": "g", "name": "Goal"], ["id": "unused", "name": "Unused"]]
        try manager.ask("configureOffer", ["offerId": "o", "goalsEnabled": true, "goals": goals])
        try manager.ask("configureOffer", ["offerId": "o", "name": "Offer", "goals": [["id": "g", "name": "G"]]])
        try manager.ask("configureAffiliate", ["affiliateId": "a"])
        for _ in 1...2 { try manager.ask("createPostback", postback(url)) }
    }

    @Test
    func
        `every function and the poller work under their roles: record, deliver, retry, die, pause, resume, and the rest`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 200]))
        let guarded = try GuardedInstallation()
        try configure(guarded, receiver.url)
        let owner = try guarded.owner.database.connect()
        try owner.execute(
            script: """
                DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'attempts_' || to_char(now() AT TIME ZONE 'UTC' + interval '7 days', 'YYYYMMDD'));
                END $$;
                CREATE TABLE attempts_20200101 PARTITION OF attempts
                    FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z')
                """)
        let poller = try RunningPoller(guarded.poller, ["POSTBACKS_RETRY_SCHEDULE": "0.1"])

        // Record, deliver, retry.
        #expect(try guarded.recorder.ask("recordConversion", conversion("t1"))["duplicate"] == false)
        #expect(try guarded.recorder.ask("recordConversion", conversion("t1"))["duplicate"] == true)
        let delivered = try guarded.reader.waitForOne("delivered", "t1", guarded.owner)
        #expect(delivered.outcomes == ["retry", "delivered"])
        #expect(receiver.requests.last?.header("X-Api-Key") == "canary")
        try guarded.recorder.ask(
            "updateConversionStatus", ["offerId": "o", "transactionId": "t1", "status": "done", "payout": "2"])

        // Dead, and owed again.
        receiver.behave(ReceiverBehaviour(statuses: [503]))
        try guarded.recorder.ask("recordConversion", conversion("t2"))
        _ = try guarded.reader.waitForOne("dead", "t2", guarded.owner)
        receiver.behave(ReceiverBehaviour())
        #expect(try guarded.manager.ask("resendDeliveries", ["deliveryIds": [2]])["resent"] == 1)
        _ = try guarded.reader.waitForOne("delivered", "t2", guarded.owner)

        // Gone: paused, held, resumed.
        receiver.behave(ReceiverBehaviour(statuses: [410]))
        try guarded.recorder.ask("recordConversion", conversion("t3"))
        try waitUntil("the pause") {
            try guarded.reader.ask("listPostbacks", [:]).at("postbacks.0.paused") != .null
        }
        try guarded.recorder.ask("recordConversion", conversion("t4"))
        _ = try guarded.reader.waitForOne("held", "t4", guarded.owner)
        receiver.behave(ReceiverBehaviour())
        try guarded.manager.ask("updatePostback", ["postbackId": 1, "resume": true])
        _ = try guarded.reader.waitForOne("delivered", "t4", guarded.owner)

        // A postback that was created later gets earlier events.
        try guarded.manager.ask("createPostback", postback(receiver.url, ["idempotencyKey": "k2"]))
        try guarded.manager.ask("backfillPostback", ["postbackId": 2, "since": "2020-01-01T00:00:00Z"])
        try waitUntil("four more") { receiver.requests.filter { $0.header("Postback-Delivery-Id") == "8" }.count == 1 }
        try guarded.manager.ask("deletePostback", ["postbackId": 2])

        // Many postbacks at once, and a destination.
        let moved = try guarded.manager.ask(
            "updatePostbacks",
            [
                "filter": ["affiliateId": "a"],
                "changes": [
                    "active": false, "replaceOrigin": ["from": .string(receiver.url), "to": "http://127.0.0.1:1"],
                ],
            ])
        #expect(moved["changed"] == 1)
        try guarded.manager.ask("configureDestination", ["destination": .string(receiver.url), "resume": true])

        // An erasure request.
        let redacted = try guarded.manager.ask("redactConversion", ["conversionId": 1])
        #expect(redacted.at("conversion.clickId") == "redacted-1" && redacted["redactedAttempts"] != 0)

        // The programs that only read.
        for (function, input) in [
            ("listOffers", [:]), ("listAffiliates", [:]), ("listConversions", [:]), ("listDeliveries", [:]),
            ("showHealth", [:]), ("deliveryStatistics", ["since": "2026-01-01T00:00:00Z", "bucket": "day"]),
            ("listDestinations", [:]), ("findRecords", ["text": "1"]),
            ("explainConversion", ["conversionId": 1]), ("previewPostback", ["postbackId": 1, "conversionId": 1]),
        ] as [(String, JSON)] {
            try guarded.reader.ask(function, input)
            try guarded.manager.ask(function, input)
        }
        let doctor = try Programs.run(
            "postbacks", ["doctor"],
            environment: guarded.reader.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 })
        #expect(doctor.status == .exited(0), "\(doctor.text)")
        let export = try Programs.run("postbacks", ["export", "deliveries"], environment: guarded.reader.environment)
        #expect(export.status == .exited(0) && export.text.contains("delivered"))
        let rekey = try Programs.run("postbacks", ["rekey"], environment: guarded.manager.environment)
        #expect(rekey.status == .exited(0), "\(rekey.text)\(rekey.errorText)")

        // The partitions were kept by somebody who owns nothing.
        try waitUntil("the partitions are kept") {
            try owner.run(
                "SELECT count(*) AS count FROM pg_inherits WHERE inhparent = 'attempts'::regclass"
            ).first?.integer("count") == 9
        }
        #expect(try owner.run("SELECT to_regclass('attempts_20200101')::text AS name").first?.text("name") == nil)
        let log = try poller.log
        #expect(!log.contains("permission denied") && !log.contains("upkeep of the database failed"), "\(log)")
    }

    @Test func `what a role is not for is denied`() throws {
        let guarded = try GuardedInstallation()
        try configure(guarded, "http://127.0.0.1:1")
        try guarded.recorder.ask("recordConversion", conversion("t1"))
        let insertConversion =
            "INSERT INTO conversions (offer_id, affiliate_id, click_id, status, occurred_at) VALUES ('o', 'a', 'x', 'done', now())"
        let insertEvent =
            "INSERT INTO events (conversion_id, sequence, status, aggregateid, type, payload) VALUES (1, 9, 'done', '1', 't', '{}')"
        let everybody = [
            "DROP TABLE outbox", "DROP TABLE attempts_other", "ALTER TABLE postbacks DISABLE TRIGGER ALL",
            "TRUNCATE outbox",
            "CREATE TABLE mine (id int)", "CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql RETURN NULL",
            "DELETE FROM conversions", "DELETE FROM events", "UPDATE events SET status = 'done'",
            "DELETE FROM attempts",
            "UPDATE attempts SET outcome = 'delivered'", "DELETE FROM postbacks", "DELETE FROM postback_versions",
            "SELECT maintain_attempt_partitions(90)", "INSERT INTO schema_migrations (number, name) VALUES (99, 'x')",
            "SELECT pg_read_file('/etc/passwd')", "COPY offers TO PROGRAM 'cat'", "SET ROLE postbacks",
            "SELECT rolpassword FROM pg_authid",
        ]
        let configuring = [
            "UPDATE postbacks SET url = 'http://evil.example/'", "UPDATE postbacks SET active = false",
            "INSERT INTO postbacks (offer_id, conversion_status, url, http_type, destination_id) VALUES ('o', 'done', 'u', 'GET', 1)",
            "INSERT INTO offers (id, name) VALUES ('x', 'x')", "UPDATE affiliates SET name = 'x'", "DELETE FROM goals",
            "INSERT INTO postback_versions SELECT 1, 9, 'done', NULL, true, 'u', now()",
            "SELECT nextval('postbacks_id_seq')",
        ]
        let maintenance = "SELECT maintain_attempts(90)"
        // Only the role that redacts may do this.
        let redacting = ["UPDATE events SET payload = '{}'", "UPDATE attempts SET request = NULL"]
        let denied: [(Installation, [String])] = [
            (
                guarded.recorder,
                configuring + redacting + [
                    "SELECT basic_auth FROM postbacks", "SELECT request_headers FROM postbacks",
                    "SELECT signing_secret FROM postbacks", "SELECT request_params FROM postbacks",
                    "SELECT url FROM postbacks", "SELECT fingerprint FROM postbacks", "SELECT * FROM postbacks",
                    "SELECT p::text FROM postbacks p", "SELECT * FROM attempts", "SELECT * FROM deliveries",
                    "SELECT * FROM delivery_log", "UPDATE outbox SET due_at = now()", "DELETE FROM outbox",
                    "UPDATE destinations SET origin = 'x'", maintenance,
                ]
            ),
            (
                guarded.poller,
                configuring + redacting + [
                    insertConversion, "UPDATE conversions SET status = 'done'", "SELECT * FROM conversions",
                    insertEvent,
                    "SELECT * FROM offers", "SELECT * FROM affiliates", "DELETE FROM deliveries",
                    "INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id) VALUES (1, 1, 9, 1, 1)",
                    "UPDATE postbacks SET deleted_at = now()", "UPDATE postbacks SET basic_auth = NULL",
                    "UPDATE deliveries SET state = 'delivered'",
                ]
            ),
            (
                guarded.manager,
                [
                    insertConversion, "UPDATE conversions SET status = 'done'", insertEvent,
                    "UPDATE conversions SET payout = 1", "UPDATE conversions SET transaction_id = 'x'",
                    "UPDATE attempts SET timing = NULL",
                    "INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome) VALUES (1, 1, 1, now(), 'delivered')",
                    "UPDATE deliveries SET state = 'delivered'", maintenance,
                ]
            ),
            (
                guarded.reader,
                configuring + redacting + [
                    insertConversion, insertEvent, "UPDATE outbox SET due_at = now()", "DELETE FROM outbox",
                    "INSERT INTO destinations (origin) VALUES ('x')", maintenance, "SELECT * FROM postbacks FOR UPDATE",
                ]
            ),
            (
                guarded.stranger,
                configuring + redacting + [
                    insertConversion, "SELECT * FROM postbacks", "SELECT * FROM conversions", "SELECT * FROM attempts",
                    "SELECT * FROM delivery_log", "SELECT * FROM offers", maintenance,
                ]
            ),
        ]
        for (installation, statements) in denied {
            let connection = try installation.database.connect()
            for sql in everybody + statements {
                let error = #expect(throws: PostgresError.self, "\(sql) by \(installation.database.connectionString)") {
                    try connection.execute(script: "BEGIN; \(sql); ROLLBACK")
                }
                #expect(error?.sqlState == "42501", "\(sql): \(error?.description ?? "")")
            }
        }
        // The owner's function does not let a poller drop partitions that must be kept.
        let connection = try guarded.poller.database.connect()
        let error = #expect(throws: PostgresError.self) { try connection.run("SELECT maintain_attempts(-10000)") }
        #expect(error?.sqlState == "22023")
        // It does not use objects of the caller with the same names either.
        let temporary = """
            CREATE TEMP TABLE attempts_other (at timestamptz);
            SET search_path = pg_temp, public;
            SELECT maintain_attempts(90)
            """
        try connection.execute(script: temporary)
    }

    @Test func `a login without the rights is misconfigured, and the message says which and how to get them`() throws {
        let guarded = try GuardedInstallation()
        try configure(guarded, "http://127.0.0.1:1")
        for (installation, function, input, table) in [
            (guarded.stranger, "listOffers", [:], "offers"),
            (
                guarded.recorder, "createPostback", postback("http://127.0.0.1:1", ["idempotencyKey": "new"]),
                "postbacks"
            ),
            (guarded.reader, "recordConversion", conversion("t1"), "conversions"),
            (guarded.recorder, "redactConversion", ["conversionId": 1], "events"),
            (
                guarded.reader, "updatePostbacks", ["filter": ["offerId": "o"], "changes": ["active": false]],
                "postbacks"
            ),
            (
                guarded.reader, "configureDestination", ["destination": "http://127.0.0.1:1", "resume": true],
                "destinations"
            ),
            (
                guarded.manager, "updateConversionStatus", ["offerId": "o", "transactionId": "t", "status": "done"],
                "conversions"
            ),
        ] as [(Installation, String, JSON, String)] {
            let call = try installation.refusal(of: function, input)
            #expect(call.code == "misconfigured", "\(function): \(call.text)")
            #expect(call.status == .exited(78))
            #expect(call.message.contains("permission denied for table \(table)"), "\(call.message)")
            #expect(call.message.contains("postbacks migrate --help"))
        }
        let batch = try guarded.reader.ask("recordConversion", all: [conversion("t1"), conversion("t2")])
        #expect(batch.allSatisfy { $0.at("error.code") == "misconfigured" })
        let migrate = try Programs.run("postbacks", ["migrate", "--roles"], environment: guarded.manager.environment)
        #expect(migrate.status == .exited(78))
        #expect(migrate.errorText.contains("permission denied"), "\(migrate.errorText)")
    }

    @Test func `a poller that may not store answers claims nothing, says so, and begins once it may`() throws {
        let receiver = try RunningReceiver()
        let guarded = try GuardedInstallation()
        try configure(guarded, receiver.url)
        let owner = try guarded.owner.database.connect()
        let poller = try RunningPoller(guarded.poller)
        try waitUntil("it runs") { try guarded.owner.count("pollers") == 1 }
        try owner.execute(
            script: """
                REVOKE INSERT ON deliveries FROM postbacks_poller;
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'postbacks %'
                """)
        try guarded.recorder.ask("recordConversion", conversion("t1"))
        try waitUntil("it says so") { try poller.log.contains("lacks rights that a poller needs (INSERT deliveries)") }
        #expect(receiver.requests.isEmpty)
        // The next migration repairs it, without --roles.
        #expect(try Programs.run("postbacks", ["migrate"], environment: guarded.owner.environment).status == .exited(0))
        try guarded.owner.wait(in: "delivered")
        #expect(receiver.requests.count == 1)
    }

    @Test func `a database without roles is left without`() throws {
        let installation = try Installation.make()
        #expect(try Programs.run("postbacks", ["migrate"], environment: installation.environment).status == .exited(0))
        let connection = try installation.database.connect()
        #expect(try !DatabaseRoles.areUsed(on: connection))
    }
}

extension Installation {
    /// The delivery of a transaction, once it is in a state. The owner looks whether it is.
    fileprivate func waitForOne(_ state: String, _ transaction: String, _ owner: Installation) throws -> JSON {
        let connection = try owner.database.connect()
        let found: Query =
            "SELECT l.id FROM delivery_log l JOIN conversions c ON c.id = l.conversion_id WHERE c.transaction_id = \(transaction) AND l.state = \(state)"
        try waitUntil("\(transaction) is \(state)") { try !connection.run(found).isEmpty }
        let id = try connection.run(found).first?.integer("id") ?? 0
        let all = try ask("listDeliveries", [:])["deliveries"]?.items ?? []
        return all.first { $0["id"] == .integer(id) } ?? .null
    }
}
