import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that refused rows are written to a separate file, which can be corrected and imported.
@Suite(.ownThreads) struct RefusedRowsTests {
    private func lines(_ place: Workplace, _ name: String) throws -> [String] {
        try place.read(name).split(separator: "\n").map(String.init)
    }

    @Test
    func `refused rows are kept with their reasons, corrected and imported again, and refused again if not corrected`()
        throws
    {
        let place = try Workplace.make()
        try place.write(
            "c.csv",
            #"""
            \#u{FEFF}offerId;affiliateId;transactionId;payout;params.sub1
            o;a;t1;1,50;fine
            o;a;t2;twelve;"two; ""words"""
            nowhere;a;t3;1,50;
            o;a;t4;1,50;a 5" pipe
            o;a;t5
            """#)
        let outcome = try place.run("import", "conversions", "c.csv")
        #expect(outcome.status == .exited(65))
        #expect(outcome.log.contains("c.csv.refused.csv"), "\(outcome.log)")
        let refused = try lines(place, "c.csv.refused.csv")
        #expect(refused.first == "\u{FEFF}refusal;offerId;affiliateId;transactionId;payout;params.sub1")
        #expect(refused.count == 5)
        let rows = refused.dropFirst()
        #expect(
            rows.contains { $0.contains("payout") && $0.hasSuffix("o;a;t2;twelve;\"two; \"\"words\"\"\"") }, "\(rows)")
        #expect(rows.contains { $0.contains("nowhere") && $0.hasSuffix("nowhere;a;t3;1,50;") }, "\(rows)")
        #expect(rows.contains { $0.contains("quote") && $0.hasSuffix("o;a;t4;1,50;\"a 5\"\" pipe\"") }, "\(rows)")
        #expect(rows.contains { $0.contains("3 cells") && $0.hasSuffix("o;a;t5") }, "\(rows)")
        #expect(FileSystem.ownership(of: place.path("c.csv.refused.csv"))?.mode == 0o600)
        #expect(FileSystem.ownership(of: place.path("c.csv.results.jsonl"))?.mode == 0o600)
        let mended = try place.read("c.csv.refused.csv").replacing("twelve", with: "12,00").replacing(
            "nowhere;a", with: "o;a")
        try place.write("mended.csv", mended)
        let again = try place.run("import", "conversions", "mended.csv")
        #expect(again.status == .exited(65), "\(again.log)")
        #expect(
            try place.words("mended.csv.results.jsonl").sorted() == ["invalid", "recorded", "recorded", "recorded"])
        let left = try lines(place, "mended.csv.refused.csv")
        #expect(left.count == 2 && left[0] == refused[0] && left[1].hasSuffix("o;a;t5"), "\(left)")
        let stored = try place.installation.ask("listConversions", [:])["conversions"]?.items ?? []
        let subs = Dictionary(
            uniqueKeysWithValues: stored.map { ($0["transactionId"]?.text ?? "", $0.at("params.sub1")) })
        #expect(subs == ["t1": "fine", "t2": "two; \"words\"", "t3": nil, "t4": "a 5\" pipe"])
    }

    @Test func `of lines of JSON they are lines of JSON`() throws {
        let place = try Workplace.make()
        let good = #"{"offerId":"o","affiliateId":"a","transactionId":"t1"}"#
        let bad = [#"{"offerId":"o","affiliateId":"nobody","transactionId":"t2"}"#, "{}", "nonsense"]
        try place.write("c.jsonl", ([good] + bad).joined(separator: "\n"))
        #expect(try place.run("import", "conversions", "c.jsonl").status == .exited(65))
        let refused = try lines(place, "c.jsonl.refused.jsonl").sorted()
        #expect(refused.count == 3 && refused[0] == "nonsense", "\(refused)")
        let members = try refused.dropFirst().map { try JSON(parsing: Array($0.utf8)) }
        #expect(members.allSatisfy { $0["refusal"]?.text?.isEmpty == false })
        try place.write("mended.jsonl", refused.joined(separator: "\n").replacing("nobody", with: "a"))
        #expect(try place.run("import", "conversions", "mended.jsonl").status == .exited(65))
        #expect(try place.words("mended.jsonl.results.jsonl").sorted() == ["invalid", "invalid", "recorded"])
    }

    @Test func `without refused rows no file is written, and a corrected file is not replaced`() throws {
        let place = try Workplace.make()
        try place.write("c.csv", "offerId,affiliateId,transactionId\no,a,t1\n")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(0))
        #expect(FileSystem.kind(of: place.path("c.csv.refused.csv")) == nil)
        try place.write("d.csv", "offerId,affiliateId,transactionId\nx,a,t2\n")
        try place.write("d.csv.refused.csv", "mine")
        let kept = try place.run("import", "conversions", "d.csv", "--refused", "d.csv.refused.csv")
        #expect(kept.status == .exited(67) && kept.log.contains("--refused"), "\(kept.log)")
        #expect(try place.run("import", "conversions", "d.csv").status == .exited(65))
        #expect(try place.read("d.csv.refused.csv") == "mine")
        #expect(try place.read("d.csv.refused.2.csv").hasSuffix("x,a,t2\n"))
        let other = try place.run("import", "conversions", "d.csv", "--results", "other.jsonl")
        #expect(other.status == .exited(65), "\(other.log)")
        #expect(try place.read("other.refused.csv").hasSuffix("x,a,t2\n"))
        let elsewhere = try place.run(
            "import", "conversions", "d.csv", "--refused", "/dev/null", "--results", "/dev/null")
        #expect(elsewhere.status == .exited(65), "\(elsewhere.log)")
        #expect(FileSystem.kind(of: "/dev/null") == .other)
        let inPlace = try place.run("import", "conversions", "d.csv", "--dry-run", "--results", "d.csv")
        #expect(inPlace.status == .exited(67), "\(inPlace.log)")
        #expect(try place.read("d.csv").hasPrefix("offerId"))
    }
}
