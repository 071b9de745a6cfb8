import JSON
import Postgres
import Receiver
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests R13: a postback whose deliveries all fail is paused and loses nothing.
@Suite(.ownThreads) struct PauseTests {
    @Test
    func `R13: after ten deliveries that died it is paused, what it owes is held, and resuming sends it all in order`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0", "POSTBACKS_DESTINATION_CONCURRENCY": "1"]) { _ in
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
                try installation.ask("listPostbacks", [:]).at("postbacks.0.paused.reason")?.text?.contains("10") == true
            )

            let sent = receiver.requests.count
            let late = (10..<15).map { "t\($0)" }
            for transaction in late { try installation.record([transaction]) }
            try installation.wait(for: 5, in: "held")
            receiver.behave(ReceiverBehaviour())
            _ = try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
            try installation.wait(for: 5, in: "delivered")
            let arrived = receiver.requests[sent...].map { $0.target.split(separator: "/")[0] }
            #expect(arrived == late.map { $0[...] })
        }
    }

    @Test(arguments: [301, 403])
    func `R13: after ten deliveries that were refused it is paused as well`(status: Int) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [status], location: "/elsewhere"))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_DESTINATION_CONCURRENCY": "1"]) { _ in
            try installation.record((0..<9).map { "t\($0)" })
            try installation.wait(for: 9, in: "failed")
            #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") == .null)
            try installation.record(["t9"])
            try waitUntil("the postback is paused") {
                try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") != .null
            }
            try installation.record(["late"])
            try installation.wait(in: "held")
            #expect(receiver.requests.count == 10)
        }
    }

    @Test func `R11: a 410 for an earlier version of a postback does not pause the version that it has now`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [410], delay: .milliseconds(1500)))
        let other = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_TIMEOUT": "20", "POSTBACKS_LEASE": "60"]) { _ in
            try installation.record(["t"])
            try waitUntil("it is in flight") { !receiver.requests.isEmpty }
            try installation.ask(
                "updatePostback", ["postbackId": 1, "url": .string("\(other.url)/{transaction_id}/{status}")])
            try installation.wait(in: "failed")
            #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") == .null)
            try installation.record(["u"])
            try installation.wait(in: "delivered")
            // A 410 for the present version does.
            other.behave(ReceiverBehaviour(statuses: [410]))
            try installation.record(["v"])
            try waitUntil("the postback is paused") {
                try installation.ask("listPostbacks", [:]).at("postbacks.0.paused.reason")?.text?.contains("410")
                    == true
            }
        }
    }

    /// Ten deliveries that failed under version 1 of postback 1, and the first of them changed.
    private func isPaused(after change: Query) throws -> Bool {
        let installation = try Installation.sending(to: "http://127.0.0.1:1")
        let connection = try installation.database.connect()
        try connection.execute(
            script: """
                UPDATE postbacks SET updated_at = now() - interval '1 hour';
                INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                    error_code, lease_no, owed_at, finished_at, postback_version)
                SELECT n, n, n, 1, 1, 1, CASE n % 2 WHEN 0 THEN 'failed' ELSE 'dead' END, 1, 'http_status', 1, now(),
                    now() - interval '1 minute' * n, 1 FROM generate_series(1, 10) n;
                """)
        _ = try connection.run(change)
        _ = try connection.run(PauseDyingPostbacks([1]))
        return try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") != .null
    }

    @Test func `R13: only dead or failed deliveries of the present version count towards the pause`() throws {
        #expect(try isPaused(after: "SELECT"))
        #expect(try isPaused(after: "UPDATE deliveries SET postback_version = NULL"))
        #expect(try !isPaused(after: "UPDATE deliveries SET state = 'delivered' WHERE id = 10"))
        #expect(try !isPaused(after: "UPDATE deliveries SET postback_version = 0 WHERE id = 1"))
        #expect(try !isPaused(after: "UPDATE postbacks SET updated_at = now()"))
    }

    @Test(arguments: ["lost", "secret", "internal"])
    func `R13: what nobody knows of, or went wrong here, does not count`(code: String) throws {
        #expect(try !isPaused(after: "UPDATE deliveries SET error_code = \(code) WHERE id = 1"))
    }

    @Test func `R13: what was skipped or cancelled neither counts nor hides what failed`() throws {
        let between: Query = """
            INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
                error_code, lease_no, owed_at, finished_at)
            SELECT id + 100, event_id, conversion_id, 1, 1, 1, CASE id % 2 WHEN 0 THEN 'skipped' ELSE 'cancelled' END, 1,
                'missing_value', 1, owed_at, finished_at FROM deliveries
            """
        #expect(try isPaused(after: between))
        #expect(try !isPaused(after: "UPDATE deliveries SET state = 'skipped' WHERE id = 1"))
    }

    @Test func `R13: one delivered among the last ten deliveries prevents the pause`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0"]) { _ in
            try installation.record((0..<5).map { "t\($0)" })
            try installation.wait(for: 5, in: "dead")
            receiver.behave(ReceiverBehaviour())
            try installation.record(["good"])
            try installation.wait(in: "delivered")
            receiver.behave(ReceiverBehaviour(statuses: [500]))
            try installation.record((5..<14).map { "t\($0)" })
            try installation.wait(for: 14, in: "dead")
            #expect(try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") == .null)
        }
    }
}
