import Postgres
import TestSupport
import Testing

struct ConnectionTests {
    @Test func `a query's interpolations are bound, not pasted`() throws {
        let connection = try TestDatabase.make().connect()
        let rows = try connection.run(
            "SELECT \("'; DROP TABLE x; --") AS text, \(7)::int AS number, \(true)::bool AS yes"
        )
        #expect(rows.count == 1)
        #expect(rows.columnNames == ["text", "number", "yes"])
        #expect(rows[0].text("text") == "'; DROP TABLE x; --")
        #expect(rows[0].integer("number") == 7)
        #expect(rows[0].bool("yes") == true)
    }
}
