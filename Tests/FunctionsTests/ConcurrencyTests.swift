import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests the answers of calls while another transaction changes the rows that they need.
@Suite(.ownThreads) struct ConcurrencyTests {
    /// Begins a call while a connection holds a lock that it needs, and returns its answer after the commit.
    private func call(
        _ function: String, _ input: JSON, _ installation: Installation, during script: String
    ) throws -> JSON {
        let other = try installation.database.connect()
        try other.execute(script: "BEGIN; \(script)")
        let child = try ChildProcess(
            Programs.path(function), environment: Programs.environment(installation.environment), input: .pipe,
            output: .pipe, errorOutput: .null)
        try child.input?.writeAll(input.bytes)
        child.input = nil
        try installation.database.waitForLock(of: function)
        try other.execute(script: "COMMIT")
        var bytes: [UInt8] = []
        while case .bytes(let more)? = try child.output?.read(upTo: 65536) { bytes += more }
        _ = try child.wait()
        return try JSON(parsing: bytes)
    }

    @Test func `an update that another one has overtaken answers the conversion as that one has left it`() throws {
        let installation = try Installation.withOffer()
        let conversion = try #require(try installation.record(["transactionId": "t"]).at("conversion.id"))
        let answer = try call(
            "updateConversionStatus", ["conversionId": conversion, "status": "done"], installation,
            during: "UPDATE conversions SET status = 'done', sequence = 2, payout = 9")
        #expect(answer["changed"] == false)
        #expect(answer["previousStatus"] == "done")
        #expect(answer.at("conversion.status") == "done")
        #expect(answer.at("conversion.sequence") == 2)
        #expect(answer.at("conversion.payout") == "9")
    }

    @Test func `a conversion of a goal that is being removed is not reported as a bug`() throws {
        let installation = try Installation.withOffer()
        let answer = try call(
            "recordConversion", Installation.conversion(["transactionId": "t", "goalId": "g2"]), installation,
            during: "DELETE FROM goals WHERE id = 'g2'")
        #expect(answer.at("error.code") == "not_found")
        #expect(answer.at("error.details.0.field") == "goalId")
        #expect(try installation.count("conversions") == 0)
    }

    @Test func `a postback for a goal that is being removed is not reported as a bug`() throws {
        let installation = try Installation.withOffer()
        let answer = try call(
            "createPostback", Installation.postback(["goalId": "g2"]), installation,
            during: "DELETE FROM goals WHERE id = 'g2'")
        #expect(answer.at("error.code") == "not_found")
        #expect(answer.at("error.details.0.field") == "goalId")
        #expect(try installation.count("postbacks") == 0)
    }

    @Test func `of two lists of goals that are set at once the second is the whole list`() throws {
        let installation = try Installation.withOffer()
        let goals: JSON = [["id": "g3", "name": "Sale"]]
        let first = try installation.database.connect()
        try first.execute(
            script:
                "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN new; END $$; CREATE TRIGGER pause BEFORE INSERT ON goals FOR EACH ROW WHEN (new.id = 'slow') EXECUTE FUNCTION pause()"
        )
        _ = try first.run("SELECT pg_advisory_lock(4711)")
        let inputs: [JSON] = [
            ["offerId": "o", "goals": [["id": "slow", "name": "Slow"]]], ["offerId": "o", "goals": goals],
        ]
        var children: [ChildProcess] = []
        for (number, input) in inputs.enumerated() {
            let child = try ChildProcess(
                Programs.path("configureOffer"), environment: Programs.environment(installation.environment),
                input: .pipe, output: .pipe)
            try child.input?.writeAll(input.bytes)
            child.input = nil
            children.append(child)
            try installation.database.waitForLock(of: "configureOffer", sessions: number + 1)
        }
        _ = try first.run("SELECT pg_advisory_unlock(4711)")
        for child in children { #expect(try child.wait() == .exited(0)) }
        #expect(try installation.value("SELECT string_agg(id, ',') AS value FROM goals") == "g3")
    }

    @Test func `batches with the same keys and other click ids do not wait for one another for ever`() throws {
        let installation = try Installation.withOffer()
        // One batch has the goals with rising click ids, the other with falling ones; the keys are the same.
        func batch(_ clicks: [String]) -> [JSON] {
            zip(["g1", "g2"], clicks).map { goal, click in
                Installation.conversion(["transactionId": "t", "goalId": .string(goal), "clickId": .string(click)])
            }
        }
        let other = try installation.database.connect()
        try other.execute(
            script: """
                BEGIN;
                INSERT INTO conversions (offer_id, affiliate_id, goal_id, transaction_id, status, occurred_at)
                VALUES ('o', 'a', 'g1', 't', 'pending', now())
                """)
        let lines = batch(["z", "b"]).enumerated().map { (["id": .integer($0), "input": $1] as JSON).encodedText }
        let child = try ChildProcess(
            Programs.path("recordConversion"), ["--stream"],
            environment: Programs.environment(installation.environment), input: .pipe, output: .pipe)
        try child.input?.writeAll(Array(lines.map { $0 + "\n" }.joined().utf8))
        child.input = nil
        try installation.database.waitForLock(of: "recordConversion")
        // A call that follows the order of the keys waits at the first, and has not written the second yet.
        try other.execute(
            script: """
                SET LOCAL lock_timeout = '500ms';
                INSERT INTO conversions (offer_id, affiliate_id, goal_id, transaction_id, status, occurred_at)
                VALUES ('o', 'a', 'g2', 't', 'pending', now());
                COMMIT
                """)
        #expect(try child.wait() == .exited(0))
        #expect(try installation.count("conversions") == 2)
    }
}
