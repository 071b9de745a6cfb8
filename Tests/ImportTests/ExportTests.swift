import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests that an export contains the stored values.
@Suite(.ownThreads) struct ExportTests {
    @Test func `conversions that were exported are imported again as what they were`() throws {
        let place = try Workplace.make()
        let inputs: [JSON] = [
            [
                "offerId": "o", "affiliateId": "a", "goalId": "g", "transactionId": "t,1", "clickId": "c\"1",
                "status": "done", "statusReason": "two\nlines", "payout": "12.30", "revenue": "-0.0000001",
                "saleAmount": "12345678901234567890.123456789012345678", "currency": "USD", "ip": "192.0.2.1",
                "country": "DE", "userAgent": "=SUM(A1)", "clickedAt": "2026-06-01T00:00:00.123Z",
                "occurredAt": "2026-06-02T00:00:00Z", "params": ["sub1": "a, \"b\"", "x.y": "é\r\n", "empty": ""],
            ],
            ["offerId": "o", "affiliateId": "a", "transactionId": "t2"],
            ["offerId": "o", "affiliateId": "a", "clickId": "c3", "params": ["sub1": "s"]],
        ]
        for input in inputs { try place.installation.ask("recordConversion", input) }
        let fields =
            "offerId,affiliateId,goalId,transactionId,clickId,status,statusReason,payout,revenue,saleAmount,currency,ip,country,userAgent,clickedAt,occurredAt,params"
        let export = try place.run("export", "conversions", "--columns", fields, "--output", "out.csv")
        #expect(export.status == .exited(0), "\(export.log)")
        let other = try Workplace.make()
        try other.write("in.csv", try place.read("out.csv"))
        #expect(try other.run("import", "conversions", "in.csv").status == .exited(0))
        func stored(_ place: Workplace) throws -> [JSON] {
            let rows = try place.installation.ask("listConversions", [:])["conversions"]?.items ?? []
            return rows.map { row in
                .object(row.members.filter { !["id", "createdAt", "updatedAt"].contains($0.name) })
            }.sorted { $0.encodedText < $1.encodedText }
        }
        #expect(try stored(other) == stored(place))
        #expect(try stored(place).count == 3)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `an export that nobody reads ends by a signal, and leaves no half file`(signal: CInt) throws {
        let place = try Workplace.make()
        let click = String(repeating: "c", count: 400)
        _ = try place.installation.ask(
            "recordConversion",
            all: (1...1000).map {
                [
                    "offerId": "o", "affiliateId": "a", "transactionId": .string("t\($0)"),
                    "clickId": .string("\(click)\($0)"),
                ]
            })
        // A page is larger than the buffer of a pipe.
        let export = try ChildProcess(
            Programs.path("postbacks"), ["export", "conversions"],
            environment: Programs.environment(place.installation.environment), output: .pipe, errorOutput: .null)
        let pipe = try #require(export.output)
        _ = try wait(for: [.read(pipe)], atMost: nil)
        export.terminate(signal)
        defer { export.terminate(SIGKILL) }
        try waitUntil("it has ended") { try export.poll() != nil }
        #expect(try export.poll() == .exited(128 + signal))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `an export whose database does not go on ends by a signal`(signal: CInt) throws {
        let place = try Workplace.make()
        let holder = try place.installation.database.connect()
        try holder.execute(script: "BEGIN; LOCK TABLE conversions")
        let output = place.path("held.csv")
        let export = try ChildProcess(
            Programs.path("postbacks"), ["export", "conversions", "--output", output],
            environment: Programs.environment(place.installation.environment), output: .null, errorOutput: .null)
        defer { export.terminate(SIGKILL) }
        try place.installation.database.waitForLock(of: "postbacks export")
        export.terminate(signal)
        try waitUntil("it has ended") { try export.poll() != nil }
        #expect(try export.poll() == .exited(128 + signal))
        #expect(FileSystem.kind(of: output) == nil)
    }

    @Test func `all pages are written, in the order of the ids, and filtered`() throws {
        let place = try Workplace.make()
        _ = try place.installation.ask(
            "recordConversion",
            all: (1...2500).map { ["offerId": "o", "affiliateId": "a", "transactionId": .string("t\($0)")] })
        let csv = try place.run("export", "conversions", "--columns", "transactionId")
        #expect(csv.text == "transactionId\n" + (1...2500).map { "t\($0)\n" }.joined())
        let lines = try place.run("export", "conversions", "--format", "jsonl")
        let rows = try lines.text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
        #expect(rows.count == 2500 && rows.last?["transactionId"] == "t2500")
        let future = try place.run("export", "conversions", "--since", "2126-01-01T00:00:00Z", "--format", "jsonl")
        #expect(future.status == .exited(0) && future.text.isEmpty)
    }

    @Test func `deliveries are exported with what was sent last`() throws {
        let place = try Workplace.make()
        try place.addPostback()
        try place.installation.record(["transactionId": "t1"])
        let outcome = try place.run("export", "deliveries", "--columns", "conversionId,state,status,lastStatus")
        #expect(outcome.text == "conversionId,state,status,lastStatus\n1,owed,pending,\n", "\(outcome.log)")
        let none = try place.run("export", "deliveries", "--state", "dead", "--columns", "id")
        #expect(none.text == "id\n")
    }

    @Test func `what cannot be asked for is refused with what is right, and no file is left`() throws {
        let place = try Workplace.make()
        let column = try place.run("export", "conversions", "--columns", "payot")
        #expect(column.status == .exited(65) && column.log.contains("did you mean \"payout\""), "\(column.log)")
        let time = try place.run("export", "conversions", "--since", "yesterday", "--output", "x.csv")
        #expect(time.status == .exited(65) && time.log.contains("since"), "\(time.log)")
        let field = try place.run("export", "conversions", "--state", "dead")
        #expect(field.status == .exited(65), "\(field.log)")
        #expect(FileSystem.names(in: FileSystem.parent(of: place.path("x"))).isEmpty)
    }
}
