import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct LogTests {
    @Test func `what is logged are JSON lines on standard error, whatever bytes are in them`() throws {
        let installation = try Installation.make()
        try installation.database.connect().execute(
            script:
                "ALTER TABLE affiliates ADD CONSTRAINT \"a\n\"\"b\u{2028}c\u{202E}d\u{85}e\" CHECK (id <> 'ada')")
        let call = try installation.call("configureAffiliate", #"{"affiliateId":"ada"}"#)
        #expect(!call.log.unicodeScalars.contains { ["\u{2028}", "\u{202E}", "\u{85}", "\r"].contains($0) })
        #expect(call.log.contains(#"b\u2028c\u202ed\u0085e"#))
        let lines = call.log.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let json = try JSON(parsing: Array(line.utf8))
            #expect(json["time"]?.text?.hasSuffix("Z") == true)
            #expect(json["level"] == "error")
            #expect(json["from"] == "configureAffiliate")
            #expect(json["message"]?.text?.isEmpty == false)
        }
    }

    /// The log lines of calls.
    private func calls(_ log: String) throws -> [JSON] {
        try log.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }.filter { $0["message"] == "a call" }
    }

    @Test func `at debug each call is a line with its code and its milliseconds, and with nothing of its input`() throws
    {
        let installation = try Installation.make(["LOG_LEVEL": "debug"])
        let good = try installation.call("configureAffiliate", #"{"affiliateId":"canary"}"#)
        let bad = try installation.call("configureAffiliate", #"{"affiliateId":"canary","canary":1}"#)
        let unknown = try installation.call("deletePostback", #"{"postbackId":1}"#)
        let malformed = try installation.call("configureAffiliate", "canary")
        for (call, code) in [
            (good, "ok"), (bad, "invalid_request"), (unknown, "not_found"), (malformed, "invalid_json"),
        ] {
            let lines = try calls(call.log)
            #expect(lines.map { $0["code"]?.text } == [code])
            #expect(lines.allSatisfy { Int($0["milliseconds"]?.text ?? "") != nil && $0["level"] == "debug" })
            #expect(!call.log.contains("canary"))
        }
        #expect(try calls(unknown.log).first?["from"] == "deletePostback")
        #expect(
            try calls(installation.call("configureAffiliate", "{}", environment: ["LOG_LEVEL": "info"]).log).isEmpty)
    }

    @Test(arguments: ["configureAffiliate", "deliverPostback"])
    func `at debug each line of the warm mode is one too`(function: String) throws {
        let installation = try Installation.make(["LOG_LEVEL": "debug"])
        let good =
            function == "deliverPostback"
            ? #"{"deliveryId":1,"attempt":1,"postback":{"url":"http://t.example/","httpType":"GET","skipWhenEmpty":["country"]},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}"#
            : #"{"affiliateId":"ada"}"#
        let outcome = try Programs.run(
            function, ["--stream"], input: "{\"id\":1,\"input\":\(good)}\nnonsense\n{\"id\":2,\"input\":{\"x\":1}}\n",
            environment: installation.environment)
        #expect(
            try calls(outcome.errorText).compactMap { $0["code"]?.text }.sorted()
                == ["invalid_json", "invalid_request", "ok"])
    }

    @Test func `LOG_LEVEL limits the lines`() throws {
        let input = #"{"affiliateId":"ada"}"#
        let unreachable = ["DATABASE_URL": "host=127.0.0.1 port=1"]
        let loud = try Programs.run("configureAffiliate", input: input, environment: unreachable)
        let quiet = try Programs.run(
            "configureAffiliate", input: input, environment: unreachable.merging(["LOG_LEVEL": "critical"]) { $1 })
        #expect(loud.errorText.contains("\"level\":\"warning\""))
        #expect(quiet.errorText == "")
        #expect(quiet.text == loud.text)
    }
}
