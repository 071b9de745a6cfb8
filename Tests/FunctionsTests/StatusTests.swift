import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests R4 and R5 (which changes are events, and which are allowed), and updateConversionStatus.
@Suite(.ownThreads) struct StatusTests {
    @Test func `R4: creating a conversion is an event, and so is each change of its status, numbered from 1`() throws {
        let installation = try Installation.withOffer()
        let postbacks = try ["pending", "done", "rejected"].map {
            try installation.createPostback(["conversionStatus": .string($0)])
        }
        let recorded = try installation.record(["transactionId": "t"])
        #expect(recorded.at("conversion.sequence") == 1)
        #expect(recorded.fired == [postbacks[0]])
        let done = try installation.update(["offerId": "o", "transactionId": "t", "status": "done"])
        #expect(done.at("conversion.sequence") == 2)
        #expect(done["changed"] == true)
        #expect(done["previousStatus"] == "pending")
        #expect(done.fired == [postbacks[1]])
        let rejected = try installation.update(["offerId": "o", "transactionId": "t", "status": "rejected"])
        #expect(rejected.at("conversion.sequence") == 3)
        #expect(rejected.fired == [postbacks[2]])
        #expect(try installation.count("events") == 3)
    }

    @Test func `R4: an update to the same status changes nothing and fires nothing`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.record(["transactionId": "t"])
        let update = try installation.update(["offerId": "o", "transactionId": "t", "status": "pending"])
        #expect(update["changed"] == false)
        #expect(update["previousStatus"] == "pending")
        #expect(update.fired == [])
        #expect(update.at("conversion.sequence") == 1)
        #expect(try installation.count("events") == 1)
        #expect(try installation.count("outbox") == 1)
    }

    @Test func `new amounts with the same status are stored, and fire nothing`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback()
        try installation.record(["transactionId": "t", "payout": "1.00", "revenue": "2", "statusReason": "why"])
        let update = try installation.update([
            "offerId": "o", "transactionId": "t", "status": "pending", "payout": "3.50", "revenue": nil,
            "statusReason": nil,
        ])
        #expect(update["changed"] == false)
        #expect(update.at("conversion.payout") == "3.50")
        #expect(update.at("conversion.revenue") == nil)
        #expect(update.at("conversion.statusReason") == nil)
        #expect(update.fired == [])
        // The event keeps the values of its time (R8).
        #expect(try installation.value("SELECT payload ->> 'payout' AS value FROM events") == "1.00")
        #expect(try installation.count("events") == 1)
    }

    private static let statuses = ["pending", "done", "rejected"]
    private static let allowed = ["pending": ["done", "rejected"], "done": ["rejected"], "rejected": ["done"]]

    @Test(arguments: statuses, statuses)
    func `R5: only pending to done or rejected, and between these two; the refusal names what is allowed`(
        from: String, to: String
    ) throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["conversionStatus": .string(to)])
        let recorded = try installation.record(["transactionId": "t", "status": .string(from)])
        let owed = try installation.count("outbox")
        let input: JSON = ["conversionId": recorded.at("conversion.id") ?? .null, "status": .string(to), "payout": "9"]
        let allowed = Self.allowed[from] ?? []
        if from == to {
            #expect(try installation.update(input)["changed"] == false)
        } else if allowed.contains(to) {
            let update = try installation.update(input)
            #expect(update["changed"] == true)
            #expect(update.at("conversion.status") == .string(to))
            #expect(update.fired.count == 1)
        } else {
            let refusal = try installation.refusal(of: "updateConversionStatus", input)
            #expect(refusal.code == "conflict")
            #expect(refusal.fields == ["status"])
            #expect(allowed.allSatisfy { refusal.message.contains($0) })
            #expect(try installation.count("outbox") == owed)
            #expect(try installation.value("SELECT payout::text AS value FROM conversions") == nil)
        }
    }

    @Test func `expectedStatus is a condition: another stored status is a conflict, and nothing is changed`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["transactionId": "t", "status": "done"])
        let subject: JSON = ["offerId": "o", "transactionId": "t"]
        let refusal = try installation.refusal(
            of: "updateConversionStatus", subject.merging(["status": "rejected", "expectedStatus": "pending"]))
        #expect(refusal.code == "conflict")
        #expect(refusal.fields == ["expectedStatus"])
        #expect(
            try installation.update(subject.merging(["status": "rejected", "expectedStatus": "done"]))["changed"]
                == true)
    }

    @Test func `an update with expectedStatus that is sent again changes nothing, and is no error`() throws {
        let installation = try Installation.withOffer()
        _ = try installation.createPostback(["conversionStatus": "done"])
        try installation.record(["transactionId": "t", "payout": "1"])
        let update: JSON = [
            "offerId": "o", "transactionId": "t", "status": "done", "expectedStatus": "pending", "payout": "2",
        ]
        let first = try installation.update(update)
        #expect(first["changed"] == true)
        // The amount was corrected before the caller noticed that the first answer was lost.
        try installation.update(["conversionId": 1, "status": "done", "payout": "3"])
        let again = try installation.update(update)
        #expect(again["changed"] == false)
        #expect(again["previousStatus"] == "done")
        #expect(again.at("conversion.status") == "done")
        #expect(again.at("conversion.payout") == "3")
        #expect(again.fired == [])
        #expect(try installation.count("events") == 2)
        #expect(try installation.count("outbox") == 1)
        // Another wanted status is refused as before.
        let refusal = try installation.refusal(
            of: "updateConversionStatus", update.merging(["status": "rejected"]))
        #expect(refusal.code == "conflict")
        #expect(refusal.fields == ["expectedStatus"])
    }

    @Test(arguments: ["transactionId", "clickId"])
    func `goalId null names the conversion that has no goal, and left out it names any`(key: String) throws {
        let installation = try Installation.withOffer()
        for goal in [.null, "g1", "g2"] as [JSON] {
            try installation.record(["transactionId": "t", "clickId": "c", "goalId": goal])
        }
        let subject: JSON = .object([
            JSON.Member("offerId", "o"), JSON.Member(key, key == "clickId" ? "c" : "t"), JSON.Member("status", "done"),
        ])
        let refusal = try installation.refusal(of: "updateConversionStatus", subject)
        #expect(refusal.code == "conflict")
        #expect(refusal.message.contains("null"))
        let update = try installation.update(subject.merging(["goalId": nil]))
        #expect(update["changed"] == true)
        #expect(update.at("conversion.id") == 1)
        #expect(update.at("conversion.goal") == nil)
        #expect(try installation.update(subject.merging(["goalId": "g1"])).at("conversion.id") == 2)
        try installation.record(["transactionId": "only", "clickId": "only", "goalId": "g1"])
        let only = subject.merging(.object([JSON.Member(key, "only")]))
        #expect(
            try installation.refusal(of: "updateConversionStatus", only.merging(["goalId": nil])).code == "not_found")
        #expect(try installation.update(only)["changed"] == true)
    }

    @Test func `an id that names several conversions is a conflict; with the goal it names one`() throws {
        let installation = try Installation.withOffer()
        for goal in ["g1", "g2"] {
            try installation.record(["transactionId": "t", "clickId": "c", "goalId": .string(goal)])
        }
        for key in ["transactionId", "clickId"] {
            let subject: JSON = .object([JSON.Member("offerId", "o"), JSON.Member(key, key == "clickId" ? "c" : "t")])
            let refusal = try installation.refusal(of: "updateConversionStatus", subject.merging(["status": "done"]))
            #expect(refusal.code == "conflict")
            #expect(refusal.fields == [key])
            let goal = key == "clickId" ? "g1" : "g2"
            let update = try installation.update(subject.merging(["status": "done", "goalId": .string(goal)]))
            #expect(update.at("conversion.goal.id") == .string(goal))
            #expect(update["changed"] == true)
        }
    }

    @Test func `what is not known is not_found, by the field that names it`() throws {
        let installation = try Installation.withOffer()
        try installation.record(["transactionId": "t", "goalId": "g1"])
        for (input, field) in [
            (["conversionId": 99], "conversionId"), (["offerId": "o", "transactionId": "x"], "transactionId"),
            (["offerId": "x", "transactionId": "t"], "transactionId"), (["offerId": "o", "clickId": "t"], "clickId"),
            (["offerId": "o", "transactionId": "t", "goalId": "g2"], "transactionId"),
        ] as [(JSON, String)] {
            let refusal = try installation.refusal(of: "updateConversionStatus", input.merging(["status": "done"]))
            #expect(refusal.code == "not_found")
            #expect(refusal.fields == [field])
        }
    }

    @Test(arguments: [
        #"{"status":"done"}"#, #"{"conversionId":1,"offerId":"o","transactionId":"t","status":"done"}"#,
        #"{"offerId":"o","status":"done"}"#, #"{"offerId":"o","transactionId":"t","clickId":"c","status":"done"}"#,
        #"{"transactionId":"t","status":"done"}"#, #"{"conversionId":1,"goalId":"g","status":"done"}"#,
    ])
    func `a conversion is named in exactly one way`(input: String) throws {
        #expect(try Installation.make().call("updateConversionStatus", input).code == "invalid_request")
    }

    @Test func `several updates of one conversion in one batch are done in their order`() throws {
        let installation = try Installation.withOffer()
        let postbacks = try ["done", "rejected"].map {
            try installation.createPostback(["conversionStatus": .string($0)])
        }
        for transaction in ["1", "2"] { try installation.record(["transactionId": .string(transaction)]) }
        let steps = ["done", "rejected", "rejected", "pending", "done", "done", "rejected"]
        let inputs = steps.flatMap { step in
            ["1", "2"].map { ["offerId": "o", "transactionId": .string($0), "status": .string(step)] as JSON }
        }
        let answers = try installation.ask("updateConversionStatus", all: inputs)
        for transaction in 0...1 {
            let own = steps.indices.map { answers[$0 * 2 + transaction] }
            #expect(own.map { $0["changed"] } == [true, true, false, nil, true, false, true])
            #expect(own.map { $0.at("conversion.sequence")?.integer } == [2, 3, 3, nil, 4, 4, 5])
            #expect(own[3].at("error.code") == "conflict")
            #expect(own.map(\.fired) == [[postbacks[0]], [postbacks[1]], [], [], [postbacks[0]], [], [postbacks[1]]])
        }
    }

    @Test func `updates of the same conversions by two sessions at once: each change is one event`() async throws {
        let installation = try Installation.withOffer()
        let keys = (0..<200).map { "t\($0)" }
        _ = try installation.ask(
            "recordConversion", all: keys.map { Installation.conversion(["transactionId": .string($0)]) })
        let answers = try await atOnce(2) { session in
            let order = session == 0 ? keys : keys.reversed()
            return try installation.ask(
                "updateConversionStatus",
                all: order.map { ["offerId": "o", "transactionId": .string($0), "status": "done"] })
        }
        #expect(answers.joined().filter { $0["changed"] == true }.count == keys.count)
        #expect(answers.joined().filter { $0["changed"] == false }.count == keys.count)
        #expect(try installation.count("events") == 2 * keys.count)
    }
}
