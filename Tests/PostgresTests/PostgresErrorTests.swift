import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct PostgresErrorTests {
    static let kinds: [(String, PostgresError.Kind)] = [
        ("57P01", .unreachable), ("57P03", .unreachable), ("53300", .unreachable), ("08006", .unreachable),
        ("25006", .unreachable), ("57P05", .unreachable), ("26000", .busy), ("42P05", .busy), ("40001", .busy),
        ("40P01", .busy), ("55P03", .busy), ("57014", .busy),
        ("53100", .busy), ("53200", .busy), ("42P01", .missingSchema), ("42703", .missingSchema),
        ("3F000", .missingSchema), ("23505", .rejected(sqlState: "23505")), ("22P02", .rejected(sqlState: "22P02")),
        ("P0001", .rejected(sqlState: "P0001")),
    ]

    @Test(arguments: kinds)
    func `errors are sorted by what can be done`(sqlState: String, kind: PostgresError.Kind) throws {
        let connection = try TestDatabase.make().connect()
        try connection.execute(
            script: """
                CREATE FUNCTION fail(state text) RETURNS void LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = state; END $$
                """)
        let error = #expect(throws: PostgresError.self) { try connection.run("SELECT fail(\(sqlState))") }
        #expect(error?.kind == kind)
        #expect(error?.sqlState == sqlState)
        #expect(error?.isRetryable == (kind == .unreachable || kind == .busy))
        #expect(connection.isUsable)
        #expect(try connection.run("SELECT 1 AS one")[0].integer("one") == 1)
    }

    @Test func `a violated constraint is named`() throws {
        let connection = try TestDatabase.make().connect()
        try connection.execute(script: "CREATE TABLE t (x int CONSTRAINT positive CHECK (x > 0))")
        let error = #expect(throws: PostgresError.self) { try connection.run("INSERT INTO t VALUES (-1)") }
        #expect(error?.constraint == "positive")
        #expect(error?.kind == .rejected(sqlState: "23514"))
    }

    @Test(arguments: [
        "postgresql://user:s3cr3t@127.0.0.1:1/x", "postgresql://user:pa/s3cr3t@127.0.0.1:1/x",
        "postgresql://user:p@s3cr3t@127.0.0.1:1/x", "postgresql://user:s3cr3t%@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 password=s3cr3t", "host=127.0.0.1 password='s3cr3t", "s3cr3t", "postgresql://[s3cr3t",
        "postgresql://user:12/s3cr3t@127.0.0.1/x", "postgresql://user:s3cr3t?x@127.0.0.1:1/x",
    ])
    func `no error shows a password`(conninfo: String) {
        let error = #expect(throws: PostgresError.self) { try Connection(conninfo) }
        #expect(error?.kind == .unreachable || error?.kind == .malformedConnectionString)
        #expect(error?.description.contains("s3cr3t") == false)
    }
}
