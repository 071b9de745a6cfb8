import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

@testable import postbacks

/// Tests the output for people on a terminal and for programs in a pipe.
@Suite(.ownThreads) struct TerminalTests {
    private func installation() throws -> TestSupport.Installation {
        let installation = try TestSupport.Installation.make()
        try installation.ask(
            "configureOffer", ["offerId": "o", "goalsEnabled": true, "goals": [["id": "deposit", "name": "Deposit"]]])
        try installation.ask("configureAffiliate", ["affiliateId": "ada"])
        // Text that the functions refuse may be in the database all the same.
        let name = "Ada \u{202E}Lovelace\u{9B}2J\r\n"
        _ = try installation.database.connect().run("UPDATE affiliates SET name = \(name)")
        try installation.ask(
            "createPostback",
            [
                "offerId": "o", "affiliateId": "ada", "goalId": "deposit", "conversionStatus": "pending",
                "url":
                    "https://tracker.example/postback?clickid={click_id}&payout={payout}&status={status}&goal={goal_id}",
                "httpType": "POST(FORM)",
            ])
        try installation.ask(
            "recordConversion",
            [
                "offerId": "o", "affiliateId": "ada", "goalId": "deposit", "transactionId": "t1", "payout": "12.30",
                "currency": "USD",
            ])
        return installation
    }

    private func show(
        _ installation: TestSupport.Installation, _ arguments: [String], columns: Int = 80,
        _ environment: [String: String] = [:]
    ) throws -> String {
        let outcome = try PseudoTerminal.run(
            Programs.path("postbacks"), arguments, columns: columns,
            environment: installation.environment.merging(environment) { $1 })
        #expect(outcome.status == .exited(0), "\(outcome.text)")
        return outcome.text
    }

    @Test func `postbacks, conversions and deliveries are tables of 80 columns on a terminal`() throws {
        let installation = try installation()
        let titles = [
            "postbacks": ["ID", "Affiliate", "Goal", "Conversion", "Status", "URL", "HTTP Type", "Created", "Updated"],
            "conversions": ["ID", "Affiliate", "Offer", "Goal", "Status", "Payout", "Recorded"],
            "deliveries": ["ID", "State", "Postback", "Conversion", "Attempts", "Answer", "URL"],
        ]
        for (command, titles) in titles {
            let text = try show(installation, [command], ["NO_COLOR": "1"])
            for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 80, "\(line)") }
            for title in titles { #expect(text.contains(title), "\(title): \(text)") }
            #expect(
                text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }, "\(text)")
        }
        let postbacks = try show(installation, ["postbacks"])
        #expect(postbacks.contains("\u{1B}[1mID"))
        #expect(postbacks.replacing("\n  ", with: "").contains("&status={status}&goal={goal_id}"))
    }

    @Test
    func `a wide terminal has each row on a line, a plain one nothing but ASCII, and a list without rows says so`()
        throws
    {
        let installation = try installation()
        let wide = try show(installation, ["postbacks"], columns: 250, ["NO_COLOR": "1"])
        #expect(wide.split(separator: "\n").count == 2, "\(wide)")
        for plain in [["LANG": "C"], ["TERM": "dumb"]] {
            let text = try show(installation, ["postbacks"], plain.merging(["NO_COLOR": "1"]) { $1 })
            #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)")
            #expect(text.contains("Ada"))
        }
        #expect(try show(installation, ["deliveries", "--state", "dead"]) == "no deliveries\n")
    }

    @Test func `a list that is cut prints how to continue, and continues there`() throws {
        let installation = try installation()
        try installation.ask("recordConversion", ["offerId": "o", "affiliateId": "ada", "transactionId": "t2"])
        let first = try show(installation, ["conversions", "--limit", "1"])
        let after = try #require(first.split(separator: "\n").last?.split(separator: " ").last)
        #expect(first.contains("--after"), "\(first)")
        #expect(try show(installation, ["conversions", "--after", String(after)]).contains("t2"))
    }

    @Test(arguments: [["LANG": "C"], ["LANG": "C.UTF-8", "TERM": "dumb"]])
    func `doctor's marks are ASCII where the terminal has no others`(plain: [String: String]) throws {
        let installation = try installation()
        let settings = plain.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        let text = try PseudoTerminal.run(
            Programs.path("postbacks"), ["doctor"], columns: 80,
            environment: installation.environment.merging(settings) { $1 }
        ).text
        #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)")
        #expect(text.contains("ok tables"), "\(text)")
    }

    @Test func `a list begins at its newest end, and takes the filters of its function`() throws {
        let installation = try installation()
        for number in 2...3 {
            try installation.ask(
                "recordConversion",
                ["offerId": "o", "affiliateId": "ada", "goalId": "deposit", "transactionId": .string("t\(number)")])
        }
        func ids(_ arguments: [String], _ list: String) throws -> [JSON?] {
            let outcome = try Programs.run("postbacks", arguments, environment: installation.environment)
            #expect(outcome.status == .exited(0), "\(outcome.errorText)")
            return (try JSON(parsing: Array(outcome.text.utf8))[list]?.items ?? []).map { $0["id"] }
        }
        let all = try ids(["conversions"], "conversions")
        #expect(all.count == 3)
        #expect(try ids(["conversions", "--newest"], "conversions") == all.reversed())
        #expect(try ids(["conversions", "--newest", "--limit", "1"], "conversions") == [all[2]])
        let deliveries = try ids(["deliveries"], "deliveries")
        #expect(try ids(["deliveries", "--newest"], "deliveries") == deliveries.reversed())
        let last = try #require(deliveries.last ?? nil)
        #expect(try ids(["deliveries", "--id", last.encodedText], "deliveries") == [last])
        #expect(try ids(["deliveries", "--transaction", "t3"], "deliveries").count == 1)
        let postbacks = try ids(["postbacks"], "postbacks")
        #expect(try ids(["postbacks", "--newest"], "postbacks") == postbacks.reversed())
        #expect(try ids(["postbacks", "--paused"], "postbacks") == [])
        #expect(try ids(["postbacks", "--inactive"], "postbacks") == [])
        #expect(try ids(["postbacks", "--destination", "nowhere.example"], "postbacks") == [])
    }

    @Test func `in a pipe they are the function's answer`() throws {
        let installation = try installation()
        for (command, function) in [
            ("postbacks", "listPostbacks"), ("conversions", "listConversions"), ("deliveries", "listDeliveries"),
        ] {
            let outcome = try Programs.run(
                "postbacks", [command, "--affiliate", "ada"], environment: installation.environment)
            let answer = try installation.call(function, #"{"affiliateId":"ada"}"#)
            #expect(outcome.text == answer.text)
        }
        let wrong = try Programs.run(
            "postbacks", ["postbacks", "--status", "gone"], environment: installation.environment)
        #expect(wrong.status == .exited(65) && wrong.errorText.contains("conversionStatus"))
    }

    @Test(arguments: [80, 100]) func `help is wrapped once`(columns: Int) throws {
        let commands = PostbacksProgram.commandNames.filter { $0 != "help" }.map { [$0] } + [[]]
        for command in commands {
            let text = try PseudoTerminal.run(
                Programs.path("postbacks"), command + ["--help"], columns: columns, environment: [:]
            ).text
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for line in lines { #expect(DisplayWidth.of(line) <= columns, "\(command): \(line)") }
            // A line that ends although the first word of the next line would fit was wrapped twice.
            let body = lines.drop { !$0.isEmpty }.prefix { !$0.hasPrefix("USAGE") }
            for (line, next) in zip(body, body.dropFirst()) {
                guard let word = next.split(separator: " ").first, !line.isEmpty, !next.hasPrefix(" "), line.count < 40
                else { continue }
                #expect(line.hasPrefix(" ") || line.count + 1 + word.count > columns, "\(command): \(line)\n\(next)")
            }
        }
    }
}
