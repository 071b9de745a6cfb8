import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct RowsTests {
    @Test func `NULL is nil in every type, and absent rows are no rows`() throws {
        let connection = try TestDatabase.make().connect()
        let row = try connection.run("SELECT NULL::text AS n")[0]
        #expect(row.text("n") == nil)
        #expect(row.bytes("n") == nil)
        #expect(row.integer("n") == nil)
        #expect(row.bool("n") == nil)
        #expect(row.bytea("n") == nil)
        #expect(try connection.run("SELECT 1 WHERE false").isEmpty)
    }

    @Test(arguments: ["0", "-0", "7", "-7", "9223372036854775807", "-9223372036854775808"])
    func `an integer is read to the last of its 64 bits`(text: String) throws {
        #expect(try TestDatabase.make().connect().run("SELECT \(text) AS i")[0].integer("i") == Int(text))
    }

    @Test(arguments: ["", "-", "1.5", "x", " 1", "9223372036854775808", "-9223372036854775809"])
    func `what is no integer of 64 bits is nil`(text: String) throws {
        #expect(try TestDatabase.make().connect().run("SELECT \(text) AS i")[0].integer("i") == nil)
    }

    @Test func `the rows that a statement changed and returned are counted`() throws {
        let connection = try TestDatabase.make().connect()
        try connection.execute(script: "CREATE TABLE t (x int); INSERT INTO t SELECT generate_series(1, 5)")
        #expect(try connection.run("UPDATE t SET x = x + 1 WHERE x > 2 RETURNING x").count == 3)
        #expect(try connection.run("DELETE FROM t WHERE false RETURNING x").isEmpty)
    }

    @Test func `rows outlive the connection, and bytes are appended to what is there`() throws {
        let rows = try TestDatabase.make().connect().run("SELECT 'b' AS x UNION ALL SELECT NULL UNION ALL SELECT 'c'")
        var bytes = Array("a".utf8)
        for row in rows { row.append("x", to: &bytes) }
        #expect(bytes == Array("abc".utf8))
    }
}
