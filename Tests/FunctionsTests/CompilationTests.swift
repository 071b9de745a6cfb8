import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// PostgreSQL compiles (jit) statements that it considers expensive because of the tables' size; that takes longer than
/// the pages that functions read.
@Suite(.ownThreads) struct CompilationTests {
    @Test func `the server compiles nothing for a function, however large the tables are`() throws {
        let installation = try Installation.withOffer()
        let postback = try installation.createPostback()
        try installation.record(["transactionId": "t", "clickId": "c"])
        // The functions that write times fail where the server would compile.
        try installation.database.connect().execute(
            script: """
                CREATE FUNCTION refuse_jit() RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN
                    IF current_setting('jit')::boolean THEN RAISE 'this is compiled'; END IF;
                    RETURN true;
                END $$;
                CREATE OR REPLACE FUNCTION rfc3339(at timestamptz) RETURNS text LANGUAGE sql STABLE
                RETURN CASE WHEN refuse_jit() THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END;
                CREATE FUNCTION refuse_jit_of_row() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM refuse_jit(); RETURN NEW; END $$;
                """)
        try installation.settle(try installation.claim(), ["outcome": "delivered"])
        let answers = [
            try installation.ask("listDeliveries", [:]), try installation.ask("listConversions", [:]),
            try installation.ask("listPostbacks", [:]), try installation.ask("explainConversion", ["conversionId": 1]),
        ]
        #expect(answers.allSatisfy { $0 != .null })
        try installation.database.connect().execute(
            script: """
                CREATE TRIGGER refuse_jit BEFORE INSERT OR UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION refuse_jit_of_row()
                """)
        let resent = try installation.ask("resendDeliveries", ["deliveryIds": [1], "force": true])
        #expect(resent["resent"] == 1)
        try installation.ask("updatePostback", ["postbackId": .integer(postback), "active": true])
        let later = try installation.createPostback()
        let owed = try installation.ask(
            "backfillPostback", ["postbackId": .integer(later), "since": "2020-01-01T00:00:00Z"])
        #expect(owed["owed"] == 1)
    }
}
