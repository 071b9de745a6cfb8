import Postgres
import Store
import TestSupport
import TestThreads
import Testing

/// Tests that keys are compared by bytes and have room for the longest ids.
@Suite(.ownThreads) struct KeyTests {
    @Test func `every text in an index has the collation C`() throws {
        let connection = try TestDatabase.withTables().connect()
        let rows = try connection.run(
            """
            SELECT i.indexrelid::regclass::text AS index, coll.collname AS collation
            FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indcollation::oid[]) AS c(id)
            JOIN pg_collation coll ON coll.oid = c.id
            JOIN pg_class t ON t.oid = i.indrelid
            WHERE t.relnamespace = current_schema()::regnamespace AND t.relname NOT LIKE 'pg_%'
            """)
        #expect(rows.count > 10)
        for row in rows { #expect(row.text("collation") == "C", "\(row.text("index") ?? "")") }
    }

    @Test func `the longest ids are keys: each is known again, and two that differ at the end are two`() throws {
        let connection = try TestDatabase.withTables().connect()
        try connection.execute(
            script:
                "INSERT INTO offers (id, name) VALUES ('o', 'o'); INSERT INTO affiliates (id, name) VALUES ('a', 'a')")
        let insert = """
            INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, occurred_at)
            VALUES ('o', 'a', $1, $2, 'done', now()) ON CONFLICT DO NOTHING RETURNING id
            """
        // The text is random, so that it cannot be compressed.
        var random = SeededRandom(seed: SeededRandom.seed)
        let scalars = (0..<4095).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0x10000...0x1F5FF, using: &random))
        }
        let long = String(String.UnicodeScalarView(scalars)) + "\\"
        func record(_ transaction: String?, _ click: String?) throws -> Int {
            try connection.run(
                Statement(name: "", sql: insert), [.optional(transaction), .optional(click)]
            ).count
        }
        #expect(try record(long, long) == 1)
        #expect(try record(long, nil) == 0)
        #expect(try record(long + "x", nil) == 1)
        #expect(try record(nil, long) == 1)
        #expect(try record(nil, long) == 0)
        #expect(try record(nil, long + "\\") == 1)
        let keys = try connection.run(
            "SELECT count(DISTINCT id_key(x)) AS count FROM unnest(\([long, long + "x", "x", "\\", "\\\\"])::text[]) AS t(x)"
        )
        #expect(keys[0].integer("count") == 5)
    }
}
