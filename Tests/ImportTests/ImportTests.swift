import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that the rows of a file become calls, and the results of the calls lines of the results file.
@Suite(.ownThreads) struct ImportTests {
    @Test func `each row of a CSV comes to what the function says of it`() throws {
        let place = try Workplace.make()
        try place.addPostback()
        try place.write(
            "c.csv",
            """
            offerId,affiliateId,goalId,transactionId,payout,currency,params.sub1,params.a.b,userAgent
            o,a,,t1,12.30,USD,"one, ""two""
            three",x,
            o,a,g,t1,0.10,USD,,,Agent
            o,a,,t1,12.30,USD,,,
            o,a,,t1,9.99,USD,,,
            o,nobody,,t2,1,USD,,,
            o,a,,t3,twelve,USD1!,,,
            o,a,,t4
            o,a,,t"5,1,USD,,,
            o,a,,t6,1,USD,é,,


            """)
        let outcome = try place.run("import", "conversions", "c.csv")
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        let results = try place.results("c.csv.results.jsonl")
        #expect(
            results.map { $0["result"]?.text ?? "" } == [
                "recorded", "recorded", "duplicate", "duplicate", "not_found", "invalid", "invalid", "invalid",
                "recorded",
            ])
        #expect(results[2]["conversionId"] == results[0]["conversionId"])
        #expect(results[3]["conflicts"] == ["payout"])
        #expect(results[4]["reason"]?.text?.contains("nobody") == true)
        #expect(results[5]["reason"]?.text?.contains("payout") == true)
        #expect(results[5]["reason"]?.text?.contains("currency") == true)
        #expect(results[6]["reason"] == "the row has 4 cells, but the header has 9")
        #expect(results[6]["line"] == 9)
        #expect(results[7]["reason"]?.text?.contains("quote") == true)
        #expect(outcome.log.contains("3 recorded, 2 duplicate, 1 not_found, 3 invalid"), "\(outcome.log)")
        let listed = try place.installation.ask("listConversions", [:])["conversions"]?.items
        let first = listed?.first { $0["transactionId"] == "t1" && $0["goal"] == nil }
        #expect(first?["payout"] == "12.30")
        #expect(first?["params"] == ["sub1": "one, \"two\"\nthree", "a.b": "x"])
        #expect(first?["userAgent"] == nil)
        #expect(try place.installation.count("outbox") == 3)
    }

    @Test func `one row is told as one row`() throws {
        let place = try Workplace.make()
        try place.addPostback()
        try place.write("c.jsonl", #"{"offerId":"o","affiliateId":"a","transactionId":"t1"}"# + "\n")
        let outcome = try place.run("import", "conversions", "c.jsonl")
        #expect(outcome.log.contains("1 row in "), "\(outcome.log)")
    }

    @Test func `the same file once more only finds repeats, and nothing fires`() throws {
        let place = try Workplace.make()
        try place.addPostback()
        let lines = (1...1500).map { #"{"offerId":"o","affiliateId":"a","transactionId":"t\#($0)"}"# + "\n" }
        try place.write("c.jsonl", lines.joined())
        #expect(try place.run("import", "conversions", "c.jsonl").status == .exited(0))
        #expect(Set(try place.words("c.jsonl.results.jsonl")) == ["recorded"])
        #expect(try place.installation.count("outbox") == 1500)
        let again = try place.run("import", "conversions", "c.jsonl", "--results", "again.jsonl")
        #expect(again.status == .exited(0), "\(again.log)")
        #expect(try place.words("again.jsonl") == Array(repeating: "duplicate", count: 1500))
        #expect(try place.installation.count("outbox") == 1500)
    }

    @Test func `bad lines of JSON are invalid, each by itself, and cannot break out of their row`() throws {
        let place = try Workplace.make()
        let good = #"{"offerId":"o","affiliateId":"a","transactionId":"t1"}"#
        let bad = [
            "nonsense", "[]", "1", "{", #"{"offerId":"o"}"#, good + " " + good, good + "}", #"{},"input":{}"#,
            #"{"a":1},"id":2"#, #"{"offerId":"o","offerId":"o"}"#, "\"\\u0000\"",
        ]
        let text = "\u{FEFF}" + (["", good, "  "] + bad + [good]).joined(separator: "\n")
        let outcome = try place.run("import", "conversions", "-", "--results", "r.jsonl", input: text)
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        let words = try place.words("r.jsonl")
        #expect(words == ["recorded"] + bad.map { _ in "invalid" } + ["duplicate"])
        #expect(try place.results("r.jsonl").dropFirst().dropLast().allSatisfy { $0["reason"]?.text?.isEmpty == false })
        #expect(try place.results("r.jsonl")[1]["line"] == 4)
    }

    @Test func `a row that is too long is invalid, and the next one is taken`() throws {
        let place = try Workplace.make()
        let long = String(repeating: "x", count: 1_200_000)
        try place.write("c.csv", "offerId,affiliateId,transactionId,userAgent\no,a,t1,\(long)\no,a,t2,\n")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        #expect(try place.words("c.csv.results.jsonl") == ["invalid", "recorded"])
    }

    @Test(arguments: [
        ("offerId,affiliatId,transactionId", "did you mean \"affiliateId\""), ("offerId,offerId", "occurs twice"),
        ("offerId,params.,affiliateId", "is not a field"), ("offerId|affiliateId", "commas, semicolons or tabs"),
        ("offerId,payout.x", "is not a field"), ("offerId,\"a\"b", "closing quote"),
    ])
    func `a header that is wrong stops the import before the first row`(header: String, reason: String) throws {
        let place = try Workplace.make()
        try place.write("c.csv", "\(header)\no,a,t\n")
        let outcome = try place.run("import", "conversions", "c.csv")
        #expect(outcome.status == .exited(65))
        #expect(outcome.log.contains(reason), "\(outcome.log)")
        #expect(try place.installation.count("conversions") == 0)
    }

    @Test func `statuses are updated in the file's order, also for one conversion several times`() throws {
        let place = try Workplace.make()
        try place.addPostback(on: "done")
        for number in 1...3 {
            try place.installation.record(["transactionId": .string("t\(number)"), "goalId": "g"])
        }
        try place.write(
            "s.csv",
            """
            offerId,transactionId,conversionId,status,statusReason,payout,expectedStatus
            o,t1,,done,,,
            o,t1,,done,,,
            o,t1,,rejected,fraud,,
            o,t1,,done,,7.50,
            ,,2,done,,,done
            ,,2,pending,,,
            ,,2,done,,,pending
            o,t9,,done,,,
            o,t3,,gone,,,
            ,,x,done,,,
            """)
        let outcome = try place.run("import", "statuses", "s.csv")
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        #expect(
            try place.words("s.csv.results.jsonl") == [
                "updated", "unchanged", "updated", "updated", "conflict", "unchanged", "updated", "not_found",
                "invalid",
                "invalid",
            ])
        let first = try place.installation.ask("listConversions", [:])["conversions"]?.items.first
        #expect(first?["status"] == "done" && first?["sequence"] == 4 && first?["payout"] == "7.50")
        #expect(try place.installation.count("outbox") == 3)
    }

    @Test func `postbacks are made with nested members and lists, once however often the file is imported`() throws {
        let place = try Workplace.make()
        try place.write(
            "p.csv",
            """
            offerId,affiliateId,goalId,conversionStatus,url,httpType,basicAuth.login,basicAuth.password,requestParams.user.id,requestParams.x,requestHeaders.X-Api-Key,skipWhenEmpty,active,successWhen.statuses,idempotencyKey
            o,a,,pending,http://t.example/?s={status},GET,,,,v,,,,,
            *,a,,done,http://t.example/,POST(JSON),me,secret,{click_id},,k,click_id|country,false,200|202-204,
            o,a,g,rejected,http://t.example/,GET,,,,,,,,,mine
            o,a,,done,http://10.0.0.1/,GET,,,,,,,,,
            o,a,nowhere,done,http://t.example/,GET,,,,,,,,,
            o,a,,done,http://t.example/,GET,,,,,,,,,mine
            o,a,,done,http://t.example/,GET,,,,,,,maybe,,
            """)
        let outcome = try place.run("import", "postbacks", "p.csv")
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        let expected = ["created", "created", "created", "invalid", "not_found", "conflict", "invalid"]
        #expect(try place.words("p.csv.results.jsonl") == expected)
        let postbacks = try place.installation.ask("listPostbacks", [:])["postbacks"]?.items ?? []
        #expect(postbacks.count == 3)
        #expect(postbacks[0]["requestParams"] == ["x": "v"])
        #expect(postbacks[1]["requestParams"] == ["user": ["id": "{click_id}"]])
        #expect(postbacks[1].at("basicAuth.login") == "me" && postbacks[1].at("requestHeaders.X-Api-Key") == "***")
        #expect(postbacks[1]["skipWhenEmpty"] == ["click_id", "country"] && postbacks[1]["active"] == false)
        #expect(postbacks[1].at("successWhen.statuses") == ["200", "202-204"])
        _ = try place.run("import", "postbacks", "p.csv", "--results", "again.jsonl")
        #expect(try place.words("again.jsonl") == expected.map { $0 == "created" ? "duplicate" : $0 })
        #expect(try place.installation.count("postbacks") == 3)
    }

    @Test func `an empty file is no rows`() throws {
        let place = try Workplace.make()
        for name in ["e.csv", "e.jsonl"] {
            try place.write(name, "")
            #expect(try place.run("import", "conversions", name).status == .exited(0))
            #expect(try place.words("\(name).results.jsonl") == [])
        }
    }
}
