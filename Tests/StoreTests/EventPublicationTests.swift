import EmbeddedPostgres
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests the events as a stream of changes, read by PostgreSQL's own plugins for logical decoding.
@Suite(.ownThreads) struct EventPublicationTests {
    private let folder: TemporaryFolder
    private let server: EmbeddedServer
    private let installation: Installation

    init() throws {
        folder = try TemporaryFolder(mode: 0o711)
        server = EmbeddedServer(
            home: folder.path, settings: ["fsync": "off", "wal_level": "logical", "max_replication_slots": "4"],
            diesWithParent: false)
        try server.start()
        installation = try Installation.make(on: TestDatabase(connectionString: server.connectionString))
    }

    private func migrate() throws -> String {
        let outcome = try Programs.run(
            "postbacks", ["migrate", "--publication"], environment: installation.environment)
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        return outcome.errorText
    }

    /// Two conversions, a change of status, an erasure, and all of it dropped.
    private func work() throws {
        try installation.configure()
        try installation.record(["t1", "t2"], ["ip": "192.0.2.1"])
        try installation.update("t1", "done")
        try installation.ask("redactConversion", ["conversionId": 1])
        try installation.age(["t1", "t2"], days: 400)
        let pruned = try Programs.run("postbacks", ["prune", "--days", "365"], environment: installation.environment)
        #expect(pruned.errorText.contains("2 conversions"), "\(pruned.errorText)")
    }

    @Test func `the publication has inserts only, with the columns that Debezium's outbox event router reads`()
        throws
    {
        #expect(try migrate().contains("published: postbacks_events"))
        #expect(try !migrate().contains("nobody can follow it"))
        let connection = try installation.database.connect()
        _ = try connection.run("SELECT pg_create_logical_replication_slot('followed', 'pgoutput')")
        try work()
        let changes = try connection.run(
            """
            SELECT encode(data, 'hex') AS data FROM pg_logical_slot_get_binary_changes('followed', NULL, NULL,
                'proto_version', '1', 'publication_names', 'postbacks_events')
            """
        ).map { PublishedChange(hexadecimal: $0.text("data") ?? "") }
        // Begin, Relation, Insert, Commit: no Update, no Delete, no Truncate.
        #expect(Set(changes.map(\.kind)) == ["B", "R", "I", "C"])
        let columns = changes.flatMap(\.columns)
        let needed = ["id", "aggregatetype", "aggregateid", "type", "payload"]
        #expect(Set(needed).isSubset(of: columns), "\(columns)")
        let events = changes.filter { $0.kind == "I" }.map { Dictionary(uniqueKeysWithValues: zip(columns, $0.values)) }
        #expect(events.count == 3)
        #expect(events.map { $0["type"] } == ["conversion.pending", "conversion.pending", "conversion.done"])
        #expect(events.allSatisfy { $0["aggregatetype"] == "conversion" })
        let payloads = try events.map { try JSON(parsing: Array(($0["payload"] ?? "").utf8)) }
        #expect(Set(payloads.prefix(2).map { $0["transactionId"] }) == ["t1", "t2"])
        #expect(payloads[2]["transactionId"] == "t1" && payloads[2]["status"] == "done")
        #expect(events.map { $0["aggregateid"] } == payloads.map { $0["id"]?.integer.map(String.init) })
    }

    @Test func `test_decoding shows each event once, as it was inserted`() throws {
        let connection = try installation.database.connect()
        _ = try connection.run("SELECT pg_create_logical_replication_slot('decoded', 'test_decoding')")
        try work()
        let lines = try connection.run(
            "SELECT data FROM pg_logical_slot_get_changes('decoded', NULL, NULL) WHERE data LIKE '%.events: INSERT:%'"
        ).compactMap { $0.text("data") }
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.contains("aggregatetype[text]:'conversion'") && $0.contains("payload[json]:'{") })
    }

    @Test func `on a server that writes less into its WAL it says what is missing`() throws {
        let plain = try Installation.make()
        let outcome = try Programs.run("postbacks", ["migrate", "--publication"], environment: plain.environment)
        #expect(outcome.status == .exited(0))
        #expect(outcome.errorText.contains("wal_level = logical"), "\(outcome.errorText)")
    }
}

/// A message of the plugin pgoutput (PostgreSQL's manual, "Logical Replication Message Formats").
private struct PublishedChange {
    let kind: String
    /// The names of the columns, if it describes a table.
    private(set) var columns: [String] = []
    /// The values of a new row, as text; "" for null.
    private(set) var values: [String] = []
    private var bytes: ArraySlice<UInt8>

    init(hexadecimal text: String) {
        let digits = Array(text)
        let places = stride(from: 0, to: digits.count, by: 2)
        bytes = places.compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }[...]
        kind = String(decoding: bytes.prefix(1), as: UTF8.self)
        bytes = bytes.dropFirst()
        switch kind {
        case "R":
            _ = number(4)
            _ = (name(), name(), number(1))
            for _ in 0..<number(2) {
                _ = number(1)
                columns.append(name())
                _ = (number(4), number(4))
            }
        case "I":
            _ = (number(4), number(1))
            for _ in 0..<number(2) {
                let length = number(1) == Int(UInt8(ascii: "t")) ? number(4) : 0
                values.append(String(decoding: bytes.prefix(length), as: UTF8.self))
                bytes = bytes.dropFirst(length)
            }
        default: break
        }
    }

    private mutating func number(_ count: Int) -> Int {
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func name() -> String {
        let text = bytes.prefix { $0 != 0 }
        defer { bytes = bytes.dropFirst(text.count + 1) }
        return String(decoding: text, as: UTF8.self)
    }
}
