import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests a file that is imported again, changed or not.
@Suite(.ownThreads) struct RepeatedImportTests {
    private static let header = "offerId,affiliateId,conversionStatus,url,httpType,basicAuth.token"
    private static let rows = ["pending", "done", "rejected"].map {
        "o,a,\($0),http://t.example/?c={click_id}&s=\($0),GET,s3cret"
    }

    private func write(_ place: Workplace, _ name: String, _ rows: [String], header: String = header) throws {
        try place.write(name, ([header] + rows).map { $0 + "\n" }.joined())
    }

    @Test func `postbacks are made once, also when a row is put on top or the rows change places`() throws {
        let place = try Workplace.make()
        try write(place, "p.csv", Self.rows)
        #expect(try place.run("import", "postbacks", "p.csv").status == .exited(0))
        #expect(try place.words("p.csv.results.jsonl") == ["created", "created", "created"])
        let more = "o,a,done,http://u.example/?c={click_id},GET,"
        try write(place, "q.csv", [more] + Self.rows.reversed())
        #expect(try place.run("import", "postbacks", "q.csv").status == .exited(0))
        #expect(try place.words("q.csv.results.jsonl") == ["created", "duplicate", "duplicate", "duplicate"])
        #expect(try place.results("q.csv.results.jsonl")[1]["note"]?.text?.isEmpty == false)
        #expect(try place.installation.count("postbacks") == 4)
    }

    @Test func `the same rows in another form are the same postbacks`() throws {
        let place = try Workplace.make()
        try write(place, "p.csv", Self.rows)
        #expect(try place.run("import", "postbacks", "p.csv").status == .exited(0))
        let columns = "URL;Http Type;Offer ID;affiliate_id;conversionStatus;basicAuth.token;goalId"
        try write(
            place, "q.csv", ["http://t.example/?c={click_id}&s=done;GET; o;a\u{A0};done;s3cret;"], header: columns)
        try place.write(
            "r.jsonl",
            #"{"goalId":null,"idempotencyKey":"","offerId":"o","affiliateId":" a","conversionStatus":"done","url":"http://t.example/?c={click_id}&s=done","httpType":"GET","basicAuth":{"token":"s3cret"}}"#
        )
        for name in ["q.csv", "r.jsonl"] {
            let outcome = try place.run("import", "postbacks", name)
            #expect(outcome.status == .exited(0), "\(outcome.log)")
            #expect(try place.words("\(name).results.jsonl") == ["duplicate"])
        }
        #expect(try place.installation.count("postbacks") == 3)
    }

    @Test func `of two rows that say the same the second makes nothing`() throws {
        let place = try Workplace.make()
        try write(place, "p.csv", [Self.rows[0], Self.rows[0]])
        #expect(try place.run("import", "postbacks", "p.csv").status == .exited(0))
        #expect(try place.words("p.csv.results.jsonl") == ["created", "duplicate"])
        #expect(try place.installation.count("postbacks") == 1)
    }

    @Test func `R16: history that is imported silently fires nothing, also when it is resumed`() throws {
        let place = try Workplace.make()
        try place.addPostback()
        let lines = (1...50).map { #"{"offerId":"o","affiliateId":"a","transactionId":"t\#($0)"}"# + "\n" }
        try place.write("c.jsonl", lines.joined() + "nonsense\n")
        let outcome = try place.run("import", "conversions", "c.jsonl", "--silent")
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        #expect(try place.words("c.jsonl.results.jsonl") == lines.map { _ in "recorded" } + ["invalid"])
        #expect(try place.installation.count("conversions") == 50)
        #expect(try place.installation.count("outbox") == 0)
        let loud = try place.run("import", "conversions", "c.jsonl", "--resume")
        #expect(loud.status == .exited(67) && loud.log.contains("--silent"), "\(loud.log)")
        #expect(try place.run("import", "conversions", "c.jsonl", "--resume", "--silent").status == .exited(0))
        try place.write("d.csv", "offerId,affiliateId,transactionId,silent\no,a,u1,FALSE\no,a,u2,\n")
        #expect(try place.run("import", "conversions", "d.csv", "--silent").status == .exited(0))
        #expect(try place.installation.count("outbox") == 0)
        try place.write("e.csv", "offerId,affiliateId,transactionId,silent\no,a,v1,TRUE\no,a,v2,\n")
        #expect(try place.run("import", "conversions", "e.csv").status == .exited(0))
        #expect(try place.installation.count("outbox") == 1)
        let statuses = try place.run("import", "statuses", "e.csv", "--silent")
        #expect(statuses.status != .exited(0) && statuses.log.contains("conversions"), "\(statuses.log)")
    }
}
