import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests `postbacks generate`, and `postbacks invoke -e` with what it prints.
@Suite(.ownThreads) struct GenerateTests {
    private func generate(_ arguments: [String]) throws -> ChildProcess.Outcome {
        try Programs.run(
            "postbacks", ["generate"] + arguments, environment: ["POSTBACKS_FUNCTIONS": Programs.folder])
    }

    private func json(_ arguments: [String]) throws -> JSON {
        let outcome = try generate(arguments)
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        return try JSON(parsing: outcome.output)
    }

    @Test func `an input is the fixture with the fields that are given`() throws {
        let input = try json([
            "recordConversion", "--transactionId", "t7", "--payout=1.50", "--params", "{\"sub1\":\"x\"}", "--ip",
            "null",
        ])
        #expect(
            input["transactionId"] == "t7" && input["payout"] == .number("1.50") && input["offerId"] == "summer-sale")
        #expect(input["params"] == ["sub1": "x"] && input["ip"] == nil)
    }

    @Test(arguments: [
        (["recordConversion", "--payuot", "1"], "payout"), (["recordConversion", "--payout", "much"], "payout"),
        (["recordConversion", "--payout"], "--payout"), (["recordConversion", "payout"], "--FIELD VALUE"),
        (["recordConversions"], "\"recordConversion\"?"), (["recordConversion", "--as", "smoke"], "cloudevent"),
    ])
    func `mistakes are named`(arguments: [String], word: String) throws {
        let outcome = try generate(arguments)
        #expect(outcome.status != .exited(0) && outcome.errorText.contains(word), "\(outcome.errorText)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `the forms of platforms contain the input`() throws {
        let input = try json(["recordConversion"])
        func inner(_ json: JSON?) throws -> JSON { try JSON(parsing: Array((json?.text ?? "").utf8)) }
        let message = try json(["recordConversion", "--as", "sqs"])
        #expect(try inner(message.at("Records.0.body")) == input && message.at("Records.0.eventSource") == "aws:sqs")
        let request = try json(["recordConversion", "--as", "apigw"])
        #expect(try inner(request["body"]) == input && request["version"] == "2.0")
        let event = try json(["recordConversion", "--as", "cloudevent"])
        #expect(event["data"] == input && event["specversion"] == "1.0")
        let command = try generate(["recordConversion", "--as", "cgi"]).text
        #expect(
            command.contains("CONTENT_LENGTH=\(input.bytes.count) ") && command.contains("GATEWAY_INTERFACE=CGI/1.1"))
    }

    @Test func `invoke -e calls the function and reports time and memory on the last line`() throws {
        let installation = try Installation.make()
        let fixtures = "\(Repository.root)/functions"
        try installation.ask(
            "configureOffer", JSON(parsing: FileSystem.read("\(fixtures)/configureOffer/fixtures/success.json")))
        try installation.ask(
            "configureAffiliate", JSON(parsing: FileSystem.read("\(fixtures)/configureAffiliate/fixtures/success.json"))
        )
        let environment = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
        let input = try generate(["recordConversion"]).text
        let outcome = try Programs.run(
            "postbacks", ["invoke", "-e", "-", "recordConversion"], input: input, environment: environment)
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        #expect(try JSON(parsing: outcome.output)["duplicate"] == false)
        let words = try #require(outcome.errorText.split(separator: "\n").last).split(separator: " ").map(String.init)
        #expect(
            words.count == 7 && words[0...1] == ["REPORT", "duration"] && [words[3], words[6]] == ["ms", "MB"],
            "\(words)")
        #expect((Double(words[2]) ?? 0) > 0 && (Int(words[5]) ?? 0) > 5, "\(words)")
        let twice = try Programs.run(
            "postbacks", ["invoke", "-e", "-", "recordConversion", "x.json"], environment: environment)
        #expect(twice.status != .exited(0) && twice.errorText.contains("twice"))
    }

    @Test func `without a server invoke refuses a wrong input, and says how to start one for a right input`() throws {
        let folder = try TemporaryFolder()
        let environment = ["POSTBACKS_FUNCTIONS": Programs.folder, "POSTBACKS_HOME": folder.path]
        func invoke(_ input: String) throws -> ChildProcess.Outcome {
            try Programs.run("postbacks", ["invoke", "recordConversion"], input: input, environment: environment)
        }
        let wrong = try invoke("{}")
        #expect(wrong.status == .exited(65), "\(wrong.errorText)")
        #expect(wrong.text.contains("offerId is missing") && !wrong.errorText.contains("postbacks up"))
        let right = try invoke(#"{"offerId":"o","affiliateId":"a","transactionId":"t"}"#)
        #expect(right.status == .exited(75), "\(right.errorText)")
        #expect(right.errorText.contains("start it with `postbacks up`"), "\(right.errorText)")
    }
}
