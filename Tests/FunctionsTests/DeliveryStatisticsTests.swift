import JSON
import Postgres
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests deliveryStatistics: what is counted, when, and for whom.
@Suite(.ownThreads) struct DeliveryStatisticsTests {
    private let today: JSON = ["since": .string("\(WallClock.rfc3339.prefix(10))T00:00:00Z"), "bucket": "day"]

    private func statistics(_ installation: Installation, _ more: JSON = [:]) throws -> JSON {
        try installation.ask("deliveryStatistics", today.merging(more))
    }

    /// The totals of the answer by their keys: the outcomes that are not zero.
    private func totals(_ answer: JSON) -> [String: [String: Int]] {
        var totals: [String: [String: Int]] = [:]
        for series in answer["series"]?.items ?? [] {
            let key = series["key"].flatMap { $0.text ?? $0.integer.map(String.init) } ?? ""
            let outcomes = series.at("total.outcomes")?.members ?? []
            totals[key] = Dictionary(
                uniqueKeysWithValues: outcomes.compactMap { outcome in
                    outcome.value.integer.flatMap { $0 > 0 ? (outcome.name, $0) : nil }
                })
        }
        return totals
    }

    /// Two postbacks of two affiliates with other receivers, and one attempt for each outcome, of the first and then one of the
    /// second.
    private func attempts() throws -> Installation {
        let installation = try Installation.withOffer()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        _ = try installation.createPostback(["url": "http://127.0.0.1:1/{click_id}{status}"])
        _ = try installation.createPostback(["affiliateId": "b", "url": "http://127.0.0.1:2/{click_id}{status}"])
        try installation.record(["delivered", "retry", "failed", "dead", "skipped"])
        for (output, milliseconds) in [
            (["outcome": "delivered"], 4), (["outcome": "retry", "retryInSeconds": 3600], 30),
            (["outcome": "failed"], 80),
            (["outcome": "retry"], 20_001), (["outcome": "skipped"], nil),
        ] as [(JSON, Int?)] {
            let timing: JSON = milliseconds.map { ["timing": ["totalMs": .integer($0)]] } ?? [:]
            try installation.settle(try installation.claim(1), output.merging(timing))
        }
        try installation.ask(
            "recordConversion", ["offerId": "o", "affiliateId": "b", "transactionId": "b1", "status": "pending"])
        try installation.settle(
            try installation.claim(), ["outcome": "delivered", "timing": ["totalMs": 8]])
        return installation
    }

    @Test func `each attempt is counted by its outcome; the last one of a dead delivery as dead`() throws {
        let installation = try attempts()
        #expect(
            totals(try statistics(installation)) == [
                "": ["delivered": 2, "retry": 1, "failed": 1, "dead": 1, "skipped": 1]
            ])
        #expect(
            totals(try statistics(installation, ["by": "postback"])) == [
                "1": ["delivered": 1, "retry": 1, "failed": 1, "dead": 1, "skipped": 1], "2": ["delivered": 1],
            ])
        #expect(totals(try statistics(installation, ["by": "affiliate"])).keys.sorted() == ["a", "b"])
        #expect(totals(try statistics(installation, ["by": "offer"])).keys.sorted() == ["o"])
        #expect(
            totals(try statistics(installation, ["by": "destination"])).keys.sorted()
                == ["http://127.0.0.1:1", "http://127.0.0.1:2"])
        #expect(totals(try statistics(installation, ["by": "outcome"]))["dead"] == ["dead": 1])
    }

    @Test func `filters restrict what is counted, and an unknown id is an error`() throws {
        let installation = try attempts()
        for (filter, count) in [
            (["postbackId": 2], 1), (["affiliateId": "a"], 5), (["offerId": "o"], 6),
            (["destination": "127.0.0.1:2"], 1), (["outcome": "delivered"], 2), (["outcome": "unknown"], 0),
        ] as [(JSON, Int)] {
            #expect(try statistics(installation, filter).at("series.0.total.attempts")?.integer == count, "\(filter)")
        }
        let unknown = try installation.call("deliveryStatistics", today.merging(["postbackId": 9]).encodedText)
        #expect(unknown.code == "not_found")
    }

    @Test func `durations are answered as mean and percentiles; what was not sent has none`() throws {
        let installation = try attempts()
        let total = try #require(
            try statistics(installation, ["by": "outcome", "outcome": "delivered"]).at("series.0.total"))
        // Two attempts of 4 and 8 ms: the buckets end at 5 and 10 ms.
        #expect(total["averageMs"] == 6 && total["p50Ms"] == 5 && total["p99Ms"] == 10)
        let slow = try statistics(installation, ["outcome": "dead"])
        #expect(slow.at("series.0.total.p50Ms") == 20000 && slow.at("series.0.total.averageMs") == 20001)
        let skipped = try statistics(installation, ["outcome": "skipped"])
        #expect(skipped.at("series.0.total.averageMs") == .null && skipped.at("series.0.total.p95Ms") == .null)
    }

    @Test func `the answer is the same before and after the roll-up, for each bucket`() throws {
        let installation = try attempts()
        let connection = try installation.database.connect()
        func answers() throws -> [[JSON]] {
            try ["minute", "hour", "day"].map { unit in
                let answer = try installation.ask(
                    "deliveryStatistics",
                    [
                        "since": .string(try installation.time(WallClock.unixMilliseconds / 1000 - 3600)),
                        "bucket": .string(unit), "by": "postback",
                    ])
                return answer["series"]?.items.map { $0["total"] ?? .null } ?? []
            }
        }
        let before = try answers()
        #expect(before.map { $0.map { $0["attempts"]?.integer } } == [[5, 1], [5, 1], [5, 1]])
        for _ in 0..<2 {
            try connection.run(RollUpAttempts())
            #expect(try installation.count("attempt_counts_pending") == 0)
            #expect(try answers() == before)
        }
    }

    @Test func `minutes and hours are deleted when they are old, a day's at once, and days are kept`() throws {
        let installation = try attempts()
        let connection = try installation.database.connect()
        try connection.run(RollUpAttempts())
        func widths() throws -> String? {
            try installation.value(
                "SELECT string_agg(DISTINCT width::text, ',' ORDER BY width::text) AS value FROM attempt_counts")
        }
        #expect(try widths() == "3600,60,86400")
        _ = try connection.run("UPDATE attempt_counts SET since = since - interval '3 days'")
        try connection.run(RollUpAttempts())
        #expect(try widths() == "3600,60,86400")
        _ = try connection.run("UPDATE attempt_counts SET since = since - interval '10 days'")
        try connection.run(RollUpAttempts())
        #expect(try widths() == "3600,86400")
        _ = try connection.run("UPDATE attempt_counts SET since = since - interval '100 days'")
        try connection.run(RollUpAttempts())
        #expect(try widths() == "86400")
    }

    @Test func `a count that was pending for days is counted in its hour and its day`() throws {
        let installation = try attempts()
        let connection = try installation.database.connect()
        _ = try connection.run("UPDATE attempt_counts_pending SET since = since - interval '10 days'")
        try connection.run(RollUpAttempts())
        #expect(
            try installation.value(
                """
                SELECT string_agg(width || ':' || attempts, ',' ORDER BY width) AS value
                FROM (SELECT width, sum(attempts) AS attempts FROM attempt_counts GROUP BY width) w
                """) == "3600:6,86400:6")
    }

    @Test func `every bucket of the period has a point, also one without attempts`() throws {
        let installation = try attempts()
        let now = WallClock.unixMilliseconds / 1000
        let hour: JSON = try installation.ask(
            "deliveryStatistics",
            [
                "since": .string(installation.time(now - 3 * 3600)), "until": .string(installation.time(now + 1)),
                "bucket": "hour",
            ])
        let points = try #require(hour.at("series.0.points")?.items)
        #expect(points.count == 4 && points.map { $0["attempts"]?.integer }.dropLast().allSatisfy { $0 == 0 })
        #expect(points.last?["attempts"] == 6)
        #expect(points.allSatisfy { $0["at"]?.text?.hasSuffix(":00:00.000Z") == true })
    }

    @Test func `a lost attempt is counted as unknown, and the delivery that it ends as dead`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.record(["t"])
        for _ in 0..<20 where try installation.states() != ["dead"] {
            _ = try installation.claim()
            try installation.expireLeases()
            _ = try installation.database.connect().run("UPDATE outbox SET due_at = now()")
        }
        #expect(try installation.states() == ["dead"])
        #expect(totals(try statistics(installation)) == ["": ["unknown": 7, "dead": 1]])
        #expect(try installation.count("attempts") == 8)
    }

    @Test(
        arguments: [
            (["since": "2026-01-01T00:00:00Z", "bucket": "minute"], "bucket", "points"),
            (
                ["since": "2020-01-01T00:00:00Z", "until": "2020-01-01T01:00:00Z", "bucket": "minute"], "since",
                "last 3 days"
            ),
            (
                ["since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z", "bucket": "hour"], "since",
                "last 92 days"
            ),
            (
                ["since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z", "bucket": "day"], "since",
                "before until"
            ),
            (
                [
                    "since": "2026-01-01T00:00:00Z", "until": "2028-01-01T00:00:00Z", "bucket": "day", "by": "offer",
                    "limit": 100,
                ], "limit", "at most 13 series"
            ),
        ] as [(JSON, String, String)])
    func `a period that cannot be answered is refused, and the message says what can`(
        input: JSON, field: String, message: String
    ) throws {
        let call = try Installation.make().call("deliveryStatistics", input.encodedText)
        #expect(call.code == "invalid_request")
        let details = call.answer.at("error.details")?.items ?? []
        #expect(
            details.contains { $0["field"]?.text == field && $0["message"]?.text?.contains(message) == true },
            "\(call.text)")
    }
}

extension Installation {
    /// RFC 3339 of a number of seconds since 1970.
    fileprivate func time(_ seconds: Int64) throws -> String {
        let query = "SELECT rfc3339(to_timestamp(\(seconds))) AS value"
        return try value(Query(stringLiteral: query)) ?? ""
    }
}
