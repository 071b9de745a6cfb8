import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that `import` reads the files of `export`.
@Suite(.ownThreads) struct ExportedTests {
    @Test(arguments: ["csv", "jsonl"]) func `a conversion's status is changed by the id of an export`(form: String)
        throws
    {
        let place = try Workplace.make()
        try place.addPostback(on: "done")
        for number in 1...3 {
            try place.installation.record([
                "transactionId": .string("t\(number)"), "payout": "1.50", "params": ["sub1": "s"],
            ])
        }
        let name = "x.\(form)"
        #expect(try place.run("export", "conversions", "--output", name).status == .exited(0))
        try place.write(name, try place.read(name).replacing("pending", with: "done"))
        let outcome = try place.run("import", "statuses", name)
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(try place.words("\(name).results.jsonl") == ["updated", "updated", "updated"])
        #expect(try place.installation.count("outbox") == 3)
        try place.write("few.csv", "id,status\n2,rejected\n")
        #expect(try place.run("import", "statuses", "few.csv").status == .exited(0))
        let stored = try place.installation.ask("listConversions", [:])["conversions"]?.items ?? []
        #expect(stored.map { $0["status"] } == ["done", "rejected", "done"])
        #expect(stored.allSatisfy { $0["payout"] == "1.50" && $0["transactionId"] != nil })
    }

    @Test(arguments: ["csv", "jsonl"]) func `postbacks move to another database, once their secrets are written`(
        form: String
    ) throws {
        let place = try Workplace.make()
        let plain: [JSON] = [
            [
                "offerId": "o", "affiliateId": "a", "goalId": "g", "conversionStatus": "done",
                "url": "http://t.example/?c={click_id},\"x\"", "httpType": "POST(JSON)",
                "requestParams": ["user": ["id": "{click_id}"], "n": "{payout:number}"],
                "requestHeaders": ["X-Plain": "=1"], "skipWhenEmpty": ["click_id", "country"], "active": false,
                "successWhen": ["statuses": ["200-204"], "retry": true], "omitEmptyParams": true, "sendOvertaken": true,
            ],
            [
                "offerId": "*", "affiliateId": "a", "conversionStatus": "pending", "url": "http://t.example/{status}",
                "httpType": "GET",
            ],
        ]
        let secret: JSON = [
            "offerId": "o", "affiliateId": "a", "conversionStatus": "rejected", "url": "http://t.example/{click_id}",
            "httpType": "GET", "basicAuth": ["login": "me", "password": "canary-1"],
            "requestHeaders": ["X-Api-Key": "canary-2"], "signingSecret": "whsec_Y2FuYXJ5LTMtY2FuYXJ5LTMtY2FuYXJ5",
        ]
        for input in plain + [secret] { try place.installation.ask("createPostback", input) }
        let name = "p.\(form)"
        #expect(try place.run("export", "postbacks", "--output", name).status == .exited(0))
        let text = try place.read(name)
        for canary in ["canary", "Y2FuYXJ5"] { #expect(!text.contains(canary)) }
        let other = try Workplace.make()
        try other.write(name, text)
        let outcome = try other.run("import", "postbacks", name)
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        #expect(try other.words("\(name).results.jsonl") == ["created", "created", "invalid"])
        let reason = try other.results("\(name).results.jsonl")[2]["reason"]?.text ?? ""
        for field in ["basicAuth.password", "requestHeaders.X-Api-Key", "signingSecret"] {
            #expect(reason.contains(field), "\(reason)")
        }
        let refused = "\(name).refused.\(form)"
        try other.write(
            "mended.\(form)", try other.read(refused).replacing("***", with: "whsec_Y2FuYXJ5LTMtY2FuYXJ5LTMtY2FuYXJ5"))
        #expect(try other.run("import", "postbacks", "mended.\(form)").status == .exited(0))
        func stored(_ place: Workplace) throws -> [JSON] {
            let rows = try place.installation.ask("listPostbacks", [:])["postbacks"]?.items ?? []
            return rows.map { row in
                .object(row.members.filter { !["id", "createdAt", "updatedAt", "version"].contains($0.name) })
            }
        }
        #expect(try stored(other) == stored(place))
    }

    @Test func `a date alone is its beginning in UTC`() throws {
        let place = try Workplace.make()
        try place.installation.record(["transactionId": "t1"])
        let arguments = ["export", "conversions", "--columns", "transactionId", "--since"]
        #expect(try place.run(arguments + ["2020-06-01"]).text == "transactionId\nt1\n")
        #expect(try place.run(arguments + ["2020-06-01", "--until", "2020-07-01"]).text == "transactionId\n")
        #expect(try place.run(arguments + ["2120-06-01"]).text == "transactionId\n")
        #expect(try place.run(arguments + ["06/01/2026"]).status == .exited(65))
    }
}
