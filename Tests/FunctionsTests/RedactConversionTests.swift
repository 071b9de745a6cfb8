import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct RedactConversionTests {
    /// Texts that must not be found afterwards; they look the same in every encoding.
    private static let traces = ["Kanari", "203.0.113.77"]
    private static let person: JSON = [
        "transactionId": "t", "clickId": "Kanari-Click", "ip": "203.0.113.77", "userAgent": "Kanari Browser/1 (ä)",
        "params": ["sub1": "Kanari-Sub", "x": "\"Kanari\" \\ x"], "payout": "12.30", "country": "DE",
        "statusReason": "checked with Kanari at the door",
    ]
    private static let redaction: JSON = ["conversionId": 1]
    private static let query = "c={click_id}&ip={ip}&ua={user_agent}&s={sub1}&p={payout}"

    /// The columns, of whatever table or view, in which a trace of the person stands.
    private func places(_ installation: Installation) throws -> [String] {
        let connection = try installation.database.connect()
        let columns = try connection.run(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        #expect(columns.count > 100)
        return try columns.compactMap { column in
            let (table, name) = (column.text("table_name") ?? "", column.text("column_name") ?? "")
            let text =
                try connection.run(
                    "SELECT string_agg(\(identifier: name)::text, ' ') AS value FROM \(identifier: table)"
                ).first?.text("value") ?? ""
            return Self.traces.contains { text.contains($0) } ? "\(table).\(name)" : nil
        }
    }

    /// Makes deliveries due again that a redaction has postponed.
    private func dueDeliveries(_ installation: Installation, _ count: Int) throws -> [JSON] {
        var outputs: [JSON] = []
        try waitUntil("\(count) due") {
            outputs += try installation.deliver(try installation.claim())
            return outputs.count >= count
        }
        return outputs
    }

    @Test func `nothing of the person stays, all else does, and what is owed goes out without it`() throws {
        let installation = try Installation.withOffer()
        let good = try RunningReceiver()
        let echo = "Kanari-Click 203.0.113.77"
        let answer = "HTTP/1.1 400 \(echo)\r\nX-Echo: \(echo)\r\nConnection: close\r\n\r\n\(echo)"
        let echoing = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        for url in [good.url, echoing.url, "http://127.0.0.1:1"] {
            _ = try installation.createPostback([
                "url": .string("\(url)/{_click_id}?\(Self.query)"), "httpType": "POST(JSON)",
                "requestParams": ["c": "{click_id}", "x": "{params.x}"], "requestHeaders": ["X-Click": "{click_id}"],
            ])
        }
        let later = try installation.createPostback([
            "url": .string("\(good.url)/later?\(Self.query)"), "conversionStatus": "done",
        ])
        try installation.record(Self.person)
        try installation.deliver(try installation.claim())
        try installation.update(["conversionId": 1, "status": "done"])
        let states = try installation.states()
        #expect(states == ["delivered", "failed", "retrying", "owed"])
        let before = try installation.ask("listConversions", [:]).at("conversions.0") ?? .null
        let attempts = try installation.deliveries().flatMap { $0["attempts"]?.items ?? [] }
        #expect(try places(installation).contains("attempts.response"))

        let redacted = try installation.ask("redactConversion", Self.redaction)
        #expect(redacted["redactedAttempts"] == 3)
        #expect(redacted["inFlight"] == 0)
        let conversion = try #require(redacted["conversion"])
        #expect(conversion["clickId"] == "redacted-1")
        #expect(
            conversion.without("clickId", "updatedAt")
                == before.without("clickId", "ip", "userAgent", "params", "statusReason", "updatedAt"))
        #expect(try installation.ask("listConversions", [:]).at("conversions.0") == conversion)
        #expect(try places(installation) == [])

        // The attempts keep everything except personal data.
        #expect(try installation.states() == states)
        let kept = try installation.deliveries().flatMap { $0["attempts"]?.items ?? [] }
        #expect(kept.map { $0["request"] } == Array(repeating: ["method": "POST", "redacted": true], count: 3))
        #expect(
            kept.map { $0["response"] } == [
                ["status": 200, "redacted": true], ["status": 400, "redacted": true], .null,
            ])
        #expect(
            kept.map { $0.without("request", "response", "error") }
                == attempts.map { $0.without("request", "response", "error") })
        #expect(kept.map { $0.at("error.code") } == attempts.map { $0.at("error.code") })
        #expect(kept[1].at("error.message") == "redacted")
        #expect(kept[2]["error"] == attempts[2]["error"])

        // A second call has nothing to do.
        let again = try installation.ask("redactConversion", Self.redaction)
        #expect(again == ["conversion": conversion, "redactedAttempts": 0, "inFlight": 0])

        // The same transaction is a repeat as before; what it says anew is not stored.
        let repeated = try installation.record(Self.person)
        #expect(repeated["duplicate"] == true && repeated.at("conversion.id") == 1)
        #expect(try places(installation) == [])

        #expect(try dueDeliveries(installation, 1).map { $0["outcome"] } == ["delivered"])
        #expect(good.requests.last?.target == "/later?c=redacted-1&ip=&ua=&s=&p=12.30")
        #expect(try installation.states(["postbackId": .integer(later)]) == ["delivered"])
        #expect(try places(installation) == [])
    }

    @Test func `what was in flight is counted, and blanked by the next call`() throws {
        let installation = try Installation.withOffer()
        let receiver = try RunningReceiver()
        for _ in 1...2 { _ = try installation.createPostback(["url": .string("\(receiver.url)/?\(Self.query)")]) }
        try installation.record(Self.person)
        let claims = try installation.claim(1)
        let first = try installation.ask("redactConversion", Self.redaction)
        #expect(first["inFlight"] == 1 && first["redactedAttempts"] == 0)
        // The other one is not due for a claim that began before and reads the old snapshot.
        let putOff = try installation.value(
            """
            SELECT string_agg((o.due_at >= c.updated_at + interval '1 second')::text, ' ') AS value
            FROM outbox o JOIN conversions c ON c.id = o.conversion_id WHERE o.lease_until IS NULL
            """)
        #expect(putOff == "true")
        try installation.deliver(claims)
        #expect(try Set(places(installation)).isSuperset(of: ["attempts.request"]))
        let second = try installation.ask("redactConversion", Self.redaction)
        #expect(second["inFlight"] == 0 && second["redactedAttempts"] == 1)
        #expect(try places(installation) == [])
        #expect(try installation.states() == ["delivered", "owed"])
    }

    @Test func `what a poller has in its hands at that moment counts as in flight and is not waited for`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.record(Self.person)
        let poller = try installation.database.connect()
        try poller.execute(script: "BEGIN; SELECT FROM outbox FOR UPDATE")
        #expect(try installation.ask("redactConversion", Self.redaction)["inFlight"] == 1)
        try poller.execute(script: "ROLLBACK")
        #expect(try installation.ask("redactConversion", Self.redaction)["inFlight"] == 0)
    }

    @Test func `a status update that runs at the same time leaves no snapshot of what is blanked`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["conversionStatus": "done"])
        try installation.record(Self.person)
        let connection = try installation.holdUp()
        let update = try installation.start("updateConversionStatus", ["conversionId": 1, "status": "done"])
        try installation.database.waitForLock(of: "updateConversionStatus")
        let redaction = try installation.start("redactConversion", Self.redaction)
        try installation.database.waitForLock(of: "redactConversion")
        try connection.release()
        #expect(try update.answer["changed"] == true)
        #expect(try redaction.answer.at("conversion.status") == "done")
        for call in [update, redaction] { #expect(try call.wait() == .exited(0)) }
        #expect(try places(installation) == [])
        #expect(try installation.count("events") == 2)
    }

    @Test func `a status update after it has a snapshot without what was blanked`() throws {
        let installation = try Installation.withOffer()
        try installation.record(Self.person)
        try installation.ask("redactConversion", Self.redaction)
        let updated = try installation.update(["offerId": "o", "transactionId": "t", "status": "done", "payout": "5"])
        #expect(updated.at("conversion.clickId") == "redacted-1" && updated.at("conversion.payout") == "5")
        #expect(try places(installation) == [])
    }

    @Test func `another conversion of the same person stays as it is`() throws {
        let installation = try Installation.withOffer()
        let receiver = try RunningReceiver()
        _ = try installation.createPostback(["url": .string("\(receiver.url)/?\(Self.query)")])
        for transaction in ["t", "t2"] {
            try installation.record(Self.person.merging(["transactionId": .string(transaction)]))
        }
        try installation.deliver(try installation.claim())
        func second() throws -> [JSON?] {
            [
                try installation.ask("listConversions", [:]).at("conversions.1"),
                try installation.deliveries(["conversionId": 2]).first,
                try JSON(
                    parsing: Array(
                        (try installation.value("SELECT payload AS value FROM events WHERE id = 2") ?? "").utf8)),
            ]
        }
        let before = try second()
        #expect(try installation.ask("redactConversion", Self.redaction)["redactedAttempts"] == 1)
        #expect(try second() == before)
        #expect(before.allSatisfy { $0?.encodedText.contains("Kanari") == true })
    }

    @Test func `a conversion that is known by its click alone keeps a key, which is not the click`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["clickId": "Kanari-Click"])
        try installation.record(["transactionId": "without a click", "ip": "203.0.113.77"])
        #expect(try installation.ask("redactConversion", Self.redaction).at("conversion.clickId") == "redacted-1")
        #expect(try installation.ask("redactConversion", ["conversionId": 2]).at("conversion.clickId") == nil)
        #expect(try places(installation) == [])
        // The click's id is not stored any more.
        #expect(try installation.record(["clickId": "Kanari-Click"])["duplicate"] == false)
        #expect(
            try installation.update(["offerId": "o", "clickId": "redacted-1", "status": "done"])["changed"] == true)
    }

    @Test func `a conversion that was never there is not_found`() throws {
        let refusal = try Installation.make().refusal(of: "redactConversion", ["conversionId": 7])
        #expect(refusal.code == "not_found")
        #expect(refusal.fields == ["conversionId"])
    }
}
