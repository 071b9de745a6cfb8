import JSON
import Postgres
import TestSupport
import TestThreads
import Testing

/// Tests that the states of a delivery change as in the diagrams of ARCHITECTURE.md.
@Suite(.ownThreads) struct LifeTests {
    @Test(arguments: Walk.all)
    func `the functions and statements do what an arrow says`(walk: Walk) throws {
        let stage = try Stage()
        try walk.prepare(stage)
        let before = try stage.seen()
        #expect(before?.state == walk.arrow.from)
        _ = try stage.takeNoted()
        try walk.act(stage)
        let after = try stage.seen()
        #expect(after?.state == walk.arrow.to)
        #expect(before?.all != after?.all)
        guard walk.arrow.statement != Arrow.clock else { return }
        let statement = try WalkedStatement(walk.arrow.statement)
        let noted = try stage.takeNoted()
        #expect(!noted.isEmpty && noted.allSatisfy(statement.isIn), "\(noted)")
    }

    @Test func `the diagrams have all states of delivery_log and no others`() throws {
        let arrows = try Document().arrows()
        let drawn = Set(arrows.map(\.to)).union(arrows.compactMap(\.from))
        let connection = try TestDatabase.withTables().connect()
        // Both contain the states as literals.
        let rows = try connection.run(
            """
            SELECT DISTINCT literal[1] AS state FROM (
                SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'deliveries_state_check'
                UNION ALL
                SELECT pg_get_functiondef('owed_state(timestamptz, timestamptz, integer)'::regprocedure)
            ) defined CROSS JOIN LATERAL regexp_matches(defined.text, '''([a-z_]+)''', 'g') AS literal
            """)
        #expect(Set(rows.compactMap { $0.text("state") }) == drawn)
    }

    @Test func `a late answer counts until the delivery is leased again, and then changes nothing`() throws {
        let counts = try Stage()
        try counts.start()
        try counts.loseLease()
        #expect(try counts.seen()?.state == "owed")
        #expect(try counts.answer(["outcome": "delivered"]) == 0)
        #expect(try counts.seen()?.state == "delivered")

        let fenced = try Stage()
        try fenced.start()
        try fenced.loseLease()
        try fenced.claim()
        let before = try fenced.seen()
        #expect(before?.state == "in_flight")
        #expect(try fenced.answer(["outcome": "delivered"]) == 1)
        #expect(try fenced.seen()?.all == before?.all)
    }

    @Test func `what is held is not claimed, whether it is due at infinity yet or not`() throws {
        let stage = try Stage()
        try stage.record()
        try stage.pause()
        #expect(try stage.claim().isEmpty)
        try stage.hold()
        #expect(try stage.claim().isEmpty)
        #expect(try stage.installation.value("SELECT due_at::text AS value FROM outbox") == "infinity")
    }
}

/// A statement as the server has seen it, with numbered parameters; the file may have named ones.
private struct WalkedStatement {
    private let name: String
    /// Nil for an SQL function, which other statements call.
    private let text: String?

    init(_ name: String) throws {
        self.name = name
        text = try Repository.file(ofStatement: name).map { Self.plain(try Repository.text($0)) }
    }

    func isIn(_ query: String) -> Bool {
        if let text { Self.plain(query) == text } else { query.contains("\(name)(") }
    }

    /// The text without comments, white space and names of parameters.
    private static func plain(_ sql: String) -> String {
        sql.split(separator: "\n").map { line in
            let code = line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line
            return code.split(separator: " ").joined(separator: " ")
        }.joined(separator: " ").split(separator: " ").joined(separator: " ")
            .replacing(/[$@][A-Za-z0-9_]+/, with: "?")
    }
}
