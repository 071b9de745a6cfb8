import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests the rules R1 to R3 row by row, against a model that was written from the rules alone.
@Suite(.ownThreads) struct RuleTableTests {
    /// The state of a postback at the time of the events.
    enum Life: CaseIterable {
        case active, paused, inactive, turnedOff, turnedOnAgain, deleted, createdLater
    }

    /// A postback as it was when the events happened. Nil: every one.
    struct Row {
        let offer: String?
        let affiliate: String?
        let goal: String?
        let status: String
        let life: Life

        static let all: [Row] = {
            var rows: [Row] = []
            for offer in ["o", "p", nil] {
                for affiliate in ["a", "b", nil] where offer != nil || affiliate != nil {
                    for goal in [nil, "g1"] where goal == nil || offer != nil {
                        for status in ["pending", "done", "rejected"] {
                            rows += Life.allCases.map {
                                Row(offer: offer, affiliate: affiliate, goal: goal, status: status, life: $0)
                            }
                        }
                    }
                }
            }
            return rows
        }()

        var input: JSON {
            Installation.postback([
                "offerId": .string(offer ?? "*"), "affiliateId": .string(affiliate ?? "*"), "goalId": .optional(goal),
                "conversionStatus": .string(status), "active": .bool(life != .inactive && life != .turnedOnAgain),
            ])
        }

        /// The result: it fires, or the first reason why not; nil if the postback is not for the event's offer.
        func result(on event: Event) -> String? {
            if let offer, offer != event.offer { return nil }
            if let affiliate, affiliate != event.affiliate { return "affiliate" }
            if status != event.status { return "status" }
            if event.goalsAreOn, let goal, goal != event.goal { return "goal" }
            switch life {
            case .inactive, .turnedOff: return "inactive"
            case .createdLater: return "created_later"
            case .deleted: return "deleted"
            case .active, .paused, .turnedOnAgain: return "fired"
            }
        }
    }

    struct Event {
        let conversion: Int
        let offer: String
        let affiliate: String
        let goal: String?
        let status: String
        let goalsAreOn: Bool
        /// The postbacks that fired, as the function answered them.
        let fired: [Int]
    }

    private let installation: Installation
    /// By their ids.
    private let rows: [Int: Row]

    init() throws {
        installation = try Installation.make()
        for offer in ["o", "p"] { try installation.configureOffer(offer, goalsEnabled: true) }
        for affiliate in ["a", "b"] { try installation.ask("configureAffiliate", ["affiliateId": .string(affiliate)]) }
        rows = try Self.create(Row.all.filter { $0.life != .createdLater }, installation)
    }

    private static func create(_ rows: [Row], _ installation: Installation) throws -> [Int: Row] {
        let ids = try installation.ask("createPostback", all: rows.map(\.input)).map { answer in
            try #require(answer.at("postback.id")?.integer, "\(answer)")
        }
        return Dictionary(uniqueKeysWithValues: zip(ids, rows))
    }

    private func ids(_ life: Life) -> [Int] { rows.filter { $0.value.life == life }.map(\.key).sorted() }

    private func each(_ ids: [Int], _ function: String, _ change: JSON = [:]) throws {
        let answers = try installation.ask(
            function, all: ids.map { change.merging(["postbackId": .integer($0)]) })
        #expect(answers.allSatisfy { $0["error"] == nil }, "\(answers.first { $0["error"] != nil } ?? .null)")
    }

    private func setGoals(_ goals: [String: Bool]) throws {
        for (offer, isOn) in goals {
            try installation.ask("configureOffer", ["offerId": .string(offer), "goalsEnabled": .bool(isOn)])
        }
    }

    /// One conversion for each kind that there is, in one batch.
    private func record(_ batch: String, _ goals: [String: Bool]) throws -> [Event] {
        var inputs: [JSON] = []
        for offer in ["o", "p"] {
            for affiliate in ["a", "b"] {
                for goal in [nil, "g1", "g2"] {
                    for status in ["pending", "done", "rejected"] {
                        inputs.append([
                            "offerId": .string(offer), "affiliateId": .string(affiliate), "goalId": .optional(goal),
                            "status": .string(status), "transactionId": .string("\(batch)\(inputs.count)"),
                        ])
                    }
                }
            }
        }
        return try events(try installation.ask("recordConversion", all: inputs), goals)
    }

    /// Every conversion changes its status once.
    private func change(_ events: [Event], _ goals: [String: Bool]) throws -> [Event] {
        let inputs = events.map {
            ["conversionId": .integer($0.conversion), "status": $0.status == "done" ? "rejected" : "done"] as JSON
        }
        return try self.events(try installation.ask("updateConversionStatus", all: inputs), goals)
    }

    private func events(_ answers: [JSON], _ goals: [String: Bool]) throws -> [Event] {
        try answers.map { answer in
            let conversion = try #require(answer["conversion"], "\(answer)")
            let offer = conversion.at("offer.id")?.text ?? ""
            return Event(
                conversion: conversion["id"]?.integer ?? 0, offer: offer,
                affiliate: conversion.at("affiliate.id")?.text ?? "", goal: conversion.at("goal.id")?.text,
                status: conversion["status"]?.text ?? "", goalsAreOn: goals[offer] ?? false, fired: answer.fired)
        }
    }

    @Test func `what fires, and why the others do not, is as the rules say, also when it is asked later`() throws {
        try each(ids(.turnedOff), "updatePostback", ["active": false])
        try each(ids(.turnedOnAgain), "updatePostback", ["active": true])
        try each(ids(.deleted), "deletePostback")
        let paused = "{\(ids(.paused).map(String.init).joined(separator: ","))}"
        _ = try installation.database.connect().run(
            "UPDATE postbacks SET paused_at = now(), paused_reason = 'test' WHERE id = ANY (\(paused)::bigint[])")
        var goals = ["o": true, "p": false]
        try setGoals(goals)
        var events = try record("first", goals)
        let first = events
        goals = ["o": false, "p": true]
        try setGoals(goals)
        events += try change(first, goals)
        events += try record("second", goals)

        for event in events {
            let expected = rows.filter { $0.value.result(on: event) == "fired" }.map(\.key).sorted()
            #expect(event.fired == expected, "\(event)")
        }
        #expect(try firesInSQL() == events.map(\.fired.count).reduce(0, +))
        #expect(try installation.count("outbox") == events.map(\.fired.count).reduce(0, +))
        #expect(
            try installation.value("SELECT count(*) AS value FROM outbox WHERE due_at = 'infinity'")
                == String(events.flatMap(\.fired).filter { rows[$0]?.life == .paused }.count))
        try setGoals(["o": true, "p": true])
        let later = try Self.create(Row.all.filter { $0.life == .createdLater }, installation)
        let all = rows.merging(later) { $1 }
        try expectExplained(events, all)

        // Later changes do not affect earlier events.
        try setGoals(["o": true, "p": false])
        let present = all.filter { $0.value.life != .deleted }.map(\.key).sorted()
        try each(present.filter { $0 % 3 == 0 }, "updatePostback", ["conversionStatus": "done", "active": false])
        try each(present.filter { $0 % 3 == 1 }, "updatePostback", ["goalId": nil, "active": true])
        try each(present.filter { $0 % 3 == 2 }, "deletePostback")
        try expectExplained(events, all)
    }

    /// How often `fires` says so, of which each time something is owed. What is explained as `fired` is compared with the same model
    /// as what was owed.
    private func firesInSQL() throws -> Int {
        let wrong = try installation.value(
            """
            SELECT count(*) AS value FROM events e
            JOIN conversions c ON c.id = e.conversion_id
            CROSS JOIN postbacks p
            LEFT JOIN outbox o ON o.event_id = e.id AND o.postback_id = p.id
            WHERE (fires(p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status, p.active, p.deleted_at,
                c.offer_id, c.affiliate_id, c.goal_id, e.status, e.goals_enabled) IS TRUE) <> (o.id IS NOT NULL)
            """)
        #expect(wrong == "0")
        let count = try installation.value(
            """
            SELECT count(*) AS value FROM events e
            JOIN conversions c ON c.id = e.conversion_id
            JOIN postbacks p ON fires(p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status, p.active, p.deleted_at,
                c.offer_id, c.affiliate_id, c.goal_id, e.status, e.goals_enabled)
            """)
        return Int(count ?? "") ?? -1
    }

    private func expectExplained(_ events: [Event], _ rows: [Int: Row]) throws {
        let conversions = Set(events.map(\.conversion)).sorted()
        let answers = try installation.ask(
            "explainConversion", all: conversions.map { ["conversionId": .integer($0), "all": true] })
        for (conversion, answer) in zip(conversions, answers) {
            let mine = events.filter { $0.conversion == conversion }
            let explained = answer["events"]?.items ?? []
            try #require(explained.count == mine.count, "\(answer)")
            for (event, explanation) in zip(mine, explained) {
                #expect(explanation["status"] == .string(event.status))
                #expect(explanation["goalsEnabled"] == .bool(event.goalsAreOn))
                var results: [Int: String] = [:]
                for postback in explanation["postbacks"]?.items ?? [] {
                    results[postback["postbackId"]?.integer ?? 0] = postback["result"]?.text
                    #expect((postback["deliveryId"] != nil) == (postback["result"] == "fired"))
                    #expect(postback["reason"]?.text?.isEmpty == false)
                }
                for (id, row) in rows where results[id] != row.result(on: event) {
                    Issue.record("\(row) on \(event): \(results[id] ?? "nothing")")
                }
                #expect(results.count == rows.values.filter { $0.result(on: event) != nil }.count)
            }
        }
    }
}
