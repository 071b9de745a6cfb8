import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests the warm mode of createPostback and updatePostback, which execute the arrived lines together.
@Suite(.ownThreads) struct PostbackBatchTests {
    private func statuses(_ answers: [JSON]) -> [String] {
        answers.map { $0.at("error.code")?.text ?? ($0["duplicate"] == true ? "duplicate" : "done") }
    }

    @Test func `each of many postbacks is made or refused by itself, and a key makes one`() throws {
        let installation = try Installation.withOffer()
        let inputs = (0..<300).map { number -> JSON in
            switch number % 6 {
            case 0: Installation.postback(["url": .string("http://t\(number % 7).example/{click_id}")])
            case 1: Installation.postback(["offerId": "nowhere"])
            case 2: Installation.postback(["idempotencyKey": .string("k\(number / 12)")])
            case 3: Installation.postback(["url": "http://10.0.0.1/"])
            case 4: Installation.postback(["basicAuth": ["login": "l", "password": .string("p\(number)")]])
            default: Installation.postback(["idempotencyKey": "k0", "conversionStatus": "rejected"])
            }
        }
        let answers = try installation.ask("createPostback", all: inputs)
        let expected = (0..<300).map { number in
            switch number % 6 {
            case 1: "not_found"
            case 2: number / 6 % 2 == 0 ? "done" : "duplicate"
            case 3: "invalid_request"
            case 5: "conflict"
            default: "done"
            }
        }
        #expect(statuses(answers) == expected)
        #expect(try installation.count("postbacks") == expected.count { $0 == "done" })
        for (input, answer) in zip(inputs, answers) where answer["error"] == nil {
            #expect(answer.at("postback.url") == input["url"])
            #expect(answer.at("postback.basicAuth.login") == input.at("basicAuth.login"))
        }
        let made = answers.filter { $0["duplicate"] == false }.compactMap { $0.at("postback.id")?.integer }
        #expect(made == made.sorted() && Set(made).count == made.count)
    }

    @Test func `updates of one postback are made in their order, and each raises its version`() throws {
        let installation = try Installation.withOffer()
        let ids = try (0..<5).map { _ in try installation.createPostback() }
        let inputs = (0..<200).map { number -> JSON in
            let id = JSON.integer(ids[number % 5])
            switch number % 10 {
            case 7: return ["postbackId": 99_999, "active": false]
            case 8: return ["postbackId": id, "url": "http://10.0.0.1/"]
            default: return ["postbackId": id, "url": .string("http://u\(number % 3).example/\(number)/{click_id}")]
            }
        }
        let answers = try installation.ask("updatePostback", all: inputs)
        var versions: [JSON: Int] = [:]
        for (number, (input, answer)) in zip(inputs, answers).enumerated() {
            switch number % 10 {
            case 7: #expect(answer.at("error.code") == "not_found")
            case 8: #expect(answer.at("error.code") == "invalid_request")
            default:
                let id = try #require(input["postbackId"])
                versions[id, default: 1] += 1
                #expect(answer.at("postback.id") == id && answer.at("postback.url") == input["url"])
                #expect(answer.at("postback.version")?.integer == versions[id])
            }
        }
        #expect(versions.values.reduce(0, +) == 5 + 160)
    }

    @Test func `what one postback overlaps is looked up, however many the offer has`() throws {
        let installation = try Installation.withOffer()
        try installation.database.connect().execute(
            script: """
                INSERT INTO affiliates (id, name) SELECT 'many' || i, 'Many' FROM generate_series(1, 2000) i;
                INSERT INTO destinations (origin) VALUES ('http://many.example');
                INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT 'o', 'many' || i, 'pending', 'http://many.example/', 'GET', d.id
                FROM generate_series(1, 2000) i, destinations d WHERE d.origin = 'http://many.example';
                ANALYZE
                """)
        let before = try installation.postbackRowsRead()
        let created = try installation.ask(
            "createPostback",
            all: (1...100).map { Installation.postback(["affiliateId": .string("many\($0 * 2)")]) })
        let ids = created.compactMap { $0.at("postback.id") }
        let updated = try installation.ask(
            "updatePostback", all: ids.map { ["postbackId": $0, "url": "http://u.example/{click_id}"] })
        let count = try installation.postbackRowsRead() - before
        for answers in [created, updated] {
            let overlaps = answers.map { answer in
                answer["warnings"]?.items.filter { $0["code"] == "overlap" }.count ?? 0
            }
            #expect(overlaps == Array(repeating: 1, count: 100), "\(answers.first ?? .null)")
        }
        // The index reads one row more or less; all of the offer's would be 200,000 twice.
        #expect(count < 5000, "\(count) rows were read")
    }

    @Test(arguments: ["o", "*"])
    func `what a postback overlaps costs the same however many are alike`(offer: String) throws {
        let installation = try Installation.withOffer()
        let stored = offer == "*" ? "NULL" : "'\(offer)'"
        try installation.database.connect().execute(
            script: """
                INSERT INTO destinations (origin) VALUES ('http://many.example');
                INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT \(stored), 'a', 'pending', 'http://many.example/', 'GET', d.id
                FROM generate_series(1, 2000) i, destinations d WHERE d.origin = 'http://many.example';
                INSERT INTO affiliates (id, name) SELECT 'other' || i, 'Other' FROM generate_series(1, 2000) i;
                INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
                SELECT NULL, 'other' || i, 'pending', 'http://many.example/', 'GET', d.id
                FROM generate_series(1, 2000) i, destinations d WHERE d.origin = 'http://many.example';
                ANALYZE
                """)
        let before = try installation.postbackRowsRead()
        let created = try installation.ask(
            "createPostback", all: Array(repeating: Installation.postback(["offerId": .string(offer)]), count: 100))
        let count = try installation.postbackRowsRead() - before
        let messages = created.compactMap { answer in
            answer["warnings"]?.items.first { $0["code"] == "overlap" }?["message"]?.text
        }
        #expect(messages.count == 100)
        #expect(messages.allSatisfy { $0.hasSuffix(" and at least 81 more") }, "\(messages.last ?? "")")
        // 101 of each, where all would be 2,000 of each.
        #expect(count < 30_000, "\(count) rows were read")
    }

    @Test func `processes that make and change the same postbacks together lose nothing`() async throws {
        let installation = try Installation.withOffer()
        let ids = try (0..<20).map { _ in try installation.createPostback() }
        let lines = (0..<400).map { number -> String in
            let input: JSON = [
                "postbackId": .integer(ids[number % 20]), "url": .string("http://u\(number % 9).example/{click_id}"),
            ]
            return (["id": .integer(number), "input": input] as JSON).encodedText
        }
        let answers = try await atOnce(4) { place in
            try installation.stream("updatePostback", place % 2 == 0 ? lines : lines.reversed())
        }
        #expect(
            answers.joined().allSatisfy { $0["output"] != nil },
            "\(answers.joined().first { $0["output"] == nil } ?? .null)")
        let versions = try installation.value("SELECT sum(version)::text AS value FROM postbacks")
        #expect(versions == "\(20 + 1600)")
    }
}

extension Installation {
    /// How many rows of the table of postbacks have been read so far by functions that make and change them.
    fileprivate func postbackRowsRead() throws -> Int {
        try waitUntil("the functions' sessions have ended") {
            try value(
                """
                SELECT count(*) AS value FROM pg_stat_activity
                WHERE datname = current_database() AND application_name IN ('createPostback', 'updatePostback')
                """)
                == "0"
        }
        let read = try value(
            "SELECT seq_tup_read + idx_tup_fetch AS value FROM pg_stat_user_tables WHERE relname = 'postbacks'")
        return Int(read ?? "") ?? 0
    }
}
