import JSON
import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests that deliveries are found by their destination, and by the result of their last attempt.
@Suite(.ownThreads) struct LastAttemptTests {
    private static func answer(_ outcome: String, _ status: Int?, _ code: String?) -> JSON {
        [
            "outcome": .string(outcome), "sent": true,
            "response": status.map { ["status": .integer($0)] } ?? .null,
            "error": code.map { ["code": .string($0), "message": "test"] } ?? .null,
        ]
    }

    /// Ten deliveries. The last one has not been tried, the one before waits for a retry.
    private static func make() throws -> Installation {
        let installation = try Installation.withOffer()
        try installation.ask("configureAffiliate", ["affiliateId": "b"])
        _ = try installation.createPostback(["url": "http://127.0.0.1:1/{status}"])
        _ = try installation.createPostback(["url": "http://127.0.0.1:2/{status}", "affiliateId": "b"])
        for (affiliate, number) in zip("aabaabaabb", 1...) {
            try installation.record(["t\(number)"], ["affiliateId": .string("\(affiliate)")])
        }
        let answers = [
            answer("delivered", 200, nil), answer("delivered", 204, nil), answer("delivered", 409, nil),
            answer("failed", 403, "http_status"), answer("retry", 503, "http_status"),
            answer("retry", 500, "http_status"), answer("retry", nil, "timeout"),
            answer("skipped", nil, "missing_value"),
            answer("retry", 503, "http_status").merging(["retryInSeconds": 3600]),
        ]
        let claims = try installation.claim().sorted { $0.delivery < $1.delivery }
        for (claim, answer) in zip(claims, answers) { try installation.settle([claim], answer) }
        _ = try installation.database.connect().run("UPDATE outbox SET lease_until = NULL, lease_no = 0 WHERE id = 10")
        return installation
    }

    private static let filters: [(filter: JSON, ids: [Int])] = [
        (["httpStatus": 200], [1]), (["httpStatus": "204"], [2]), (["httpStatus": "2xx"], [1, 2]),
        (["httpStatus": "3xx"], []), (["httpStatus": "4xx"], [3, 4]), (["httpStatus": 409], [3]),
        (["httpStatus": "5xx"], [5, 6, 9]), (["httpStatus": "503"], [5, 9]),
        (["httpStatus": 503, "state": "dead"], [5]),
        (["httpStatus": "5xx", "state": "retrying"], [9]), (["httpStatus": "2xx", "state": "delivered"], [1, 2]),
        (["httpStatus": "4xx", "state": "delivered"], [3]), (["httpStatus": "4xx", "affiliateId": "a"], [4]),
        (["httpStatus": "4xx", "affiliateId": "b"], [3]), (["httpStatus": "2xx", "affiliateId": "a"], [1, 2]),
        (["httpStatus": "5xx", "postbackId": 2], [6, 9]), (["httpStatus": "5xx", "offerId": "o"], [5, 6, 9]),
        (["errorCode": "http_status"], [4, 5, 6, 9]), (["errorCode": "timeout"], [7]), (["errorCode": "dns"], []),
        (["errorCode": "missing_value"], [8]), (["errorCode": "http_status", "state": "dead"], [5, 6]),
        (["errorCode": "http_status", "httpStatus": "5xx"], [5, 6, 9]),
        (["errorCode": "timeout", "httpStatus": "2xx"], []),
        (["errorCode": "http_status", "affiliateId": "a"], [4, 5]),
        (["errorCode": "http_status", "state": "delivered"], []),
        (["destination": "http://127.0.0.1:1"], [1, 2, 4, 5, 7, 8]), (["destination": "127.0.0.1:2"], [3, 6, 9, 10]),
        (["destination": "http://127.0.0.1:2/any/path", "state": "owed"], [10]),
        (["destination": "127.0.0.1:2", "affiliateId": "a"], []),
        (["destination": "127.0.0.1:2", "httpStatus": "5xx"], [6, 9]),
        (["destination": "127.0.0.1:1", "errorCode": "timeout", "postbackId": 1], [7]),
        (["deliveryId": 5, "httpStatus": 503], [5]), (["deliveryId": 5, "httpStatus": 500], []),
        (["conversionId": 9, "errorCode": "http_status", "destination": "127.0.0.1:2"], [9]),
        (["conversionId": 9, "destination": "127.0.0.1:1"], []),
        (["httpStatus": "5xx", "since": "2126-01-01T00:00:00Z"], []), (["httpStatus": ""], Array(1...10)),
    ]

    @Test func `a list is filtered by destination, status and error, from either end and page by page`() throws {
        let installation = try Self.make()
        for (filter, ids) in Self.filters {
            for (order, expected) in [("oldest", ids), ("newest", ids.reversed())] {
                var found: [Int] = []
                var after = JSON.null
                repeat {
                    let page = try installation.ask(
                        "listDeliveries", filter.merging(["order": .string(order), "limit": 2, "after": after]))
                    found += page.ids("deliveries")
                    after = page["next"] ?? .null
                } while after != .null && found.count < 100
                #expect(found == expected, "\(filter) \(order)")
            }
        }
    }

    @Test func `the status and the error of the last attempt stand beside the delivery`() throws {
        let installation = try Self.make()
        let deliveries = try installation.deliveries()
        #expect(
            deliveries.map { $0["httpStatus"]?.integer } == [200, 204, 409, 403, 503, 500, nil, nil, 503, nil])
        #expect(
            deliveries.map { $0["errorCode"]?.text } == [
                nil, nil, nil, "http_status", "http_status", "http_status", "timeout", "missing_value", "http_status",
                nil,
            ])
        for delivery in deliveries {
            let last = delivery["attempts"]?.items.last
            #expect(delivery["httpStatus"] == (last?.at("response.status") ?? .null))
            #expect(delivery["errorCode"] == (last?.at("error.code") ?? .null))
        }
    }

    @Test func `a resend by these filters counts in its dry run what it sends, and keeps the last attempt`() throws {
        let installation = try Self.make()
        for (filter, ids) in Self.filters where filter != ["httpStatus": ""] {
            let dry = try installation.ask("resendDeliveries", ["filter": filter, "force": true, "dryRun": true])
            let count = [dry["resent"], dry["madeDue"]].compactMap { $0?.integer }.reduce(0, +)
            #expect(count == ids.count, "\(filter): \(dry)")
        }
        for filter in [
            ["httpStatus": "5xx", "affiliateId": "b"], ["errorCode": "http_status", "state": "dead"],
            ["destination": "127.0.0.1:1"],
        ] as [JSON] {
            let installation = try Self.make()
            let dry = try installation.ask("resendDeliveries", ["filter": filter, "dryRun": true])
            let real = try installation.ask("resendDeliveries", ["filter": filter])
            #expect(real["resent"] != 0, "\(filter)")
            for name in ["resent", "madeDue", "leftOut"] { #expect(dry[name] == real[name], "\(filter) \(name)") }
        }
        try installation.ask("resendDeliveries", ["filter": ["httpStatus": 503]])
        let found = try installation.ask("listDeliveries", ["httpStatus": 503])
        #expect(found.ids("deliveries") == [5, 9])
        #expect(found.at("deliveries.0.state") == "owed" && found.at("deliveries.0.errorCode") == "http_status")
    }

    @Test func `an attempt that was lost has no status; what is cancelled keeps that of its last attempt`() throws {
        let installation = try Installation.withOffer()
        let id = try installation.createPostback()
        try installation.record(["t"])
        try installation.settle(
            try installation.claim(), Self.answer("retry", 503, "http_status").merging(["retryInSeconds": 0]))
        #expect(try installation.claim().count == 1)
        try installation.expireLeases()
        // The lease that ran out counts as an attempt with an unknown result.
        #expect(try installation.claim().isEmpty)
        #expect(try installation.deliveries(["httpStatus": 503]).isEmpty)
        let lost = try installation.deliveries(["errorCode": "lost", "state": "retrying"])
        #expect(lost.map { $0["httpStatus"] } == [.null])
        _ = try installation.database.connect().run("UPDATE outbox SET due_at = now()")
        try installation.settle(
            try installation.claim(), Self.answer("retry", 500, "http_status").merging(["retryInSeconds": 60]))
        try installation.ask("deletePostback", ["postbackId": .integer(id)])
        let cancelled = try installation.deliveries(["state": "cancelled", "httpStatus": 500])
        #expect(cancelled.map { $0["errorCode"] } == ["http_status"])
    }

    @Test func `impossible filters are refused, and a destination to which no postback has led is not found`() throws {
        let installation = try Self.make()
        for (filter, field, words) in [
            (
                ["httpStatus": "6xx"], "httpStatus",
                #"must be one of "2xx", "3xx", "4xx", "5xx", or a whole number from 100 to 599, not "6xx""#
            ),
            (["httpStatus": 99], "httpStatus", "not 99"), (["httpStatus": true], "httpStatus", "not a boolean"),
            (["httpStatus": .number("200.5")], "httpStatus", "not 200.5"),
            (["errorCode": "timeot"], "errorCode", #"did you mean "timeout"?"#),
            (["destination": "one two"], "destination", "must have a valid host"),
        ] as [(JSON, String, String)] {
            let refusal = try installation.refusal(of: "listDeliveries", filter)
            #expect(refusal.code == "invalid_request" && refusal.fields == [field], "\(refusal.text)")
            #expect(refusal.message.contains(words), "\(refusal.message)")
        }
        let unknown = try installation.refusal(of: "listDeliveries", ["destination": "nobody.example"])
        #expect(unknown.code == "not_found" && unknown.fields == ["destination"], "\(unknown.text)")
        let resend = try installation.refusal(of: "resendDeliveries", ["filter": ["destination": "nobody.example"]])
        #expect(resend.code == "not_found" && resend.fields == ["filter.destination"], "\(resend.text)")
    }
}
