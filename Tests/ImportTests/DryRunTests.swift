import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a dry run only validates each row.
@Suite(.ownThreads) struct DryRunTests {
    @Test func `a dry run judges each row and needs no database`() throws {
        let place = try Workplace.make()
        try place.write(
            "c.csv", "offerId,affiliateId,transactionId,payout\no,a,t1,1\nunknown,a,t2,1\no,a,,1\no,a,t4,x\n")
        let outcome = try place.run(
            "import", "conversions", "c.csv", "--dry-run", environment: ["DATABASE_URL": "host=127.0.0.1 port=1"])
        #expect(outcome.status == .exited(65), "\(outcome.log)")
        // Only the database knows whether an offer exists.
        #expect(try place.words("c.csv.dry-run.jsonl") == ["valid", "valid", "invalid", "invalid"])
        #expect(try place.installation.count("conversions") == 0)
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        #expect(try place.words("c.csv.results.jsonl") == ["recorded", "not_found", "invalid", "invalid"])
    }

    @Test func `a dry run of postbacks refuses addresses that must not be dialled`() throws {
        let place = try Workplace.make()
        try place.write(
            "p.csv",
            "offerId,affiliateId,conversionStatus,url,httpType\no,a,done,http://10.0.0.1/,GET\no,a,done,http://t.example/,GET\n"
        )
        #expect(try place.run("import", "postbacks", "p.csv", "--dry-run").status == .exited(65))
        #expect(try place.words("p.csv.dry-run.jsonl") == ["invalid", "valid"])
        #expect(try place.installation.count("postbacks") == 0)
    }
}
