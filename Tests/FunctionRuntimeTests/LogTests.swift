import JSON
import POSIX
import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct LogTests {
    @Test func `what is logged are JSON lines on standard error, whatever bytes are in them`() throws {
        let installation = try Installation.make()
        try installation.database.connect().execute(
            script: "ALTER TABLE affiliates ADD CONSTRAINT \"a\n\"\"b\" CHECK (id <> 'ada')")
        let call = try installation.call("configureAffiliate", #"{"affiliateId":"ada"}"#)
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

    @Test func `LOG_LEVEL says how much`() throws {
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
