import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests statements with named parameters, and required columns.
@Suite(.ownThreads) struct NamedParameterTests {
    private func sql(_ text: String) -> String { Statement(name: "s", text: text).sql }

    @Test func `a name becomes one number, in the order of first use`() {
        let statement = Statement(name: "s", text: "SELECT @b::int, @a, @b + @a_2")
        #expect(statement.sql == "SELECT $1::int, $2, $1 + $3")
        #expect(statement.parameterNames == ["b", "a", "a_2"])
    }

    @Test(arguments: [
        "SELECT 'it''s @not one'", "SELECT \"@column\" FROM t -- @comment", "SELECT 1 /* @comment */",
        "SELECT $$ @body $$, $tag$ @body $$ $tag$", "SELECT a @> b, c <@ d, e @@ f, @ -5", "SELECT $1",
        "SELECT 'never closed @x", "SELECT 1 -- @last", "/* @x", "@", "a@",
    ])
    func `comments, quotations and operators stay as they are`(text: String) {
        #expect(sql(text) == text)
    }

    @Test func `behind a comment or a quotation names count again`() {
        #expect(sql("-- @a\n@b '@c' @d $x$@e$x$@f") == "-- @a\n$1 '@c' $2 $x$@e$x$$3")
    }

    @Test func `arguments are bound by their names, in any order`() throws {
        let connection = try TestDatabase.make().connect()
        let both = try connection.run(Sum(arguments: ["b": .int(2), "a": .int(40)]))
        #expect(both == 42)
        #expect(try connection.run(Sum(arguments: ["a": .int(1)] + ["b": .int(2)])) == 3)
    }

    @Test func `a name that is missing, unknown or given twice is a fault that says which`() {
        func fault(_ arguments: Arguments) -> String? { arguments.fault(for: Sum.statement) }
        #expect(fault(["b": .null, "a": .null]) == nil)
        #expect(fault(["a": .null])?.contains("missing [\"b\"]") == true)
        #expect(fault(["a": .null, "b": .null, "c": .null])?.contains("unknown [\"c\"]") == true)
        #expect(fault(["a": .null, "b": .null, "b": .null])?.contains("3 given for 2") == true)
    }

    @Test func `a required column that is NULL or no such value fails, with statement and column`() throws {
        let connection = try TestDatabase.make().connect()
        for (arguments, reason) in [
            (["a": .null, "b": .int(1)], "is NULL"), (["a": .text("0.5"), "b": .int(1)], "is no Int"),
        ] as [(Arguments, String)] {
            let error = try #require(throws: PostgresError.self) { try connection.run(Sum(arguments: arguments)) }
            #expect(error.kind == .unreadable && !error.isRetryable)
            #expect(error.description == "the column sum \(reason) in test_sum")
        }
        #expect(connection.isUsable)
    }

    @Test func `each call of a round trip gets its own answer, also behind one that fails`() throws {
        let connection = try TestDatabase.make().connect()
        var trip = RoundTrip()
        let first = trip.add(Sum(arguments: ["a": .int(1), "b": .int(2)]))
        let failing = trip.add(Sum(arguments: ["a": .text("x"), "b": .int(2)]))
        let third = trip.add(Sum(arguments: ["a": .int(3), "b": .int(4)]))
        let beside = trip.append(Sum(arguments: ["a": .int(5), "b": .int(6)]))
        let answers = RoundTrip.Answers(try connection.transactions(trip.groups))
        #expect(try answers(third) == 7)
        #expect(try answers(beside) == 11)
        #expect(try answers(first) == 3)
        #expect(throws: PostgresError.self) { try answers(failing) }
    }

    private struct Sum: StoredCall {
        let arguments: Arguments

        static let statement = Statement(name: "test_sum", text: "SELECT (@a::numeric + @b::numeric) AS sum")

        func answer(_ rows: Rows) throws(PostgresError) -> Int { try rows[0].required("sum") }
    }
}
