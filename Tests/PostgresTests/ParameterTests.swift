import Postgres
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct ParameterTests {
    static let nastyTexts = [
        "", " ", "plain", "NULL", "null", "\"", "\\", "\\\"", "a,b", "{x}", "{", "}", "'", "''", "a\nb\tc\r", "$1", "é",
        "😀👩‍👩‍👧", "\\x00", "\u{1}\u{7f}", "\u{FEFF}", String(repeating: "\"\\", count: 10_000),
    ]

    @Test func `an array brings every text as it is, and NULL as NULL`() throws {
        let connection = try TestDatabase.make().connect()
        let sent = Self.nastyTexts.map(Optional.some) + [nil, "last"]
        let rows = try connection.run("SELECT t FROM unnest(\(sent)::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n")
        #expect(rows.map { $0.text("t") } == sent)
    }

    @Test(arguments: nastyTexts)
    func `a text comes back as it was sent`(text: String) throws {
        let connection = try TestDatabase.make().connect()
        let rows = try connection.run("SELECT \(text)::text AS t, \(Parameter.utf8(Array(text.utf8)))::text AS u")
        #expect(rows[0].text("t") == text)
        #expect(rows[0].bytes("u") == Array(text.utf8))
    }

    @Test func `empty arrays and arrays of integers`() throws {
        let connection = try TestDatabase.make().connect()
        let integers = Parameter.integers([1, -2, Int.max, Int.min])
        let rows = try connection.run(
            "SELECT cardinality(\([String?]())::text[]) AS none, cardinality(\(Parameter.integers([]))::int[]) AS no"
        )
        #expect(rows[0].integer("none") == 0)
        #expect(rows[0].integer("no") == 0)
        #expect(
            try connection.run("SELECT unnest(\(integers)::bigint[]) AS i").map { $0.integer("i") } == [
                1, -2, Int.max, Int.min,
            ])
    }

    @Test func `bytes travel as bytes`() throws {
        let connection = try TestDatabase.make().connect()
        let bytes = (0...255).map(UInt8.init)
        let row = try connection.run(
            "SELECT \(Parameter.bytea(bytes))::bytea AS b, \(Parameter.bytea([]))::bytea AS e")[0]
        #expect(row.bytea("b") == bytes)
        #expect(row.bytea("e") == [])
    }

    @Test func `U+0000 is refused, and only where it is`() throws {
        let connection = try TestDatabase.make().connect()
        let echo = Statement(name: "echo", sql: "SELECT $1::text AS t")
        let echoFirst = Statement(name: "echoFirst", sql: "SELECT ($1::text[])[1] AS t")
        let results = try connection.transactions([
            [Call(echo, [.text("good")])], [Call(echo, [.text("b\0d")])], [Call(echoFirst, [.array(["b\0d"])])],
            [Call(echo, [.utf8([0])])], [Call(echo, [.text("good too")])],
        ])
        #expect(try results[0].get()[0][0].text("t") == "good")
        #expect(try results[4].get()[0][0].text("t") == "good too")
        for result in results[1...3] {
            #expect(throws: PostgresError.self) { try result.get() }
        }
    }
}
