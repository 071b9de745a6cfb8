import Glibc
import JSON
import Postgres
import System
import TestSupport

/// A database with the product's tables on the server of the benchmarks, and the programs that work on it.
final class World {
    let connectionString: String
    let database: Connection
    let installation: Installation
    private let settings: [String: String]

    init(connectionString: String, settings: [String: String] = [:]) throws {
        self.connectionString = connectionString
        self.settings = settings
        installation = try Installation.make(
            on: TestDatabase(connectionString: connectionString),
            World.settings(connectionString).merging(settings) { $1 })
        database = try Connection(connectionString)
    }

    private static func settings(_ connectionString: String) -> [String: String] {
        [
            "DATABASE_URL": connectionString, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
            "POSTBACKS_ENCRYPTION_KEY": "1:\(String(repeating: "A", count: 43))=",
            "SWIFT_BACKTRACE": "enable=no", "LOG_LEVEL": "warning",
        ]
    }

    /// The environment of the programs: the variables of this process, except those that name another database or
    /// folder.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        Programs.environment(World.settings(connectionString).merging(settings) { $1 }.merging(more) { $1 })
    }

    func start(_ name: String, _ arguments: [String], _ more: [String: String] = [:]) throws -> LineProcess {
        try LineProcess(Programs.path(name), arguments, environment: environment(more))
    }

    /// Makes an offer with one affiliate and one postback for each URL. The affiliates are `a1`, `a2` and so on. `members`
    /// are members of all postbacks, as createPostback takes them.
    func configure(offer: String = "o1", urls: [String], _ members: JSON = [:]) throws {
        try installation.ask("configureOffer", ["offerId": .string(offer)])
        let affiliates = urls.indices.map { JSON.string("a\($0 + 1)") }
        try check(installation.ask("configureAffiliate", all: affiliates.map { ["affiliateId": $0] }))
        let postbacks = zip(urls, affiliates).map { url, affiliate -> JSON in
            let own: JSON = [
                "offerId": .string(offer), "affiliateId": affiliate, "conversionStatus": "done", "url": .string(url),
                "httpType": "GET",
            ]
            return own.merging(members)
        }
        try check(installation.ask("createPostback", all: postbacks))
        for statement in ["VACUUM ANALYZE", "CHECKPOINT"] { try database.execute(script: statement) }
    }

    private func check(_ answers: [JSON]) throws {
        if let error = answers.first(where: { $0["error"] != nil }) {
            throw DidNotHappen(description: "the configuration succeeds, but \(error.encodedText)")
        }
    }

    /// Owes this number of deliveries, each of a conversion of its own, spread over the offer's postbacks. `prefix` makes
    /// the transactions different from those of other calls.
    func owe(_ count: Int, offer: String = "o1", prefix: String) throws {
        try run(.oweDeliveries, ["offer": .text(offer), "count": .int(count), "prefix": .text(prefix)])
    }

    /// Runs one of the statements that prepare what is measured.
    func run(_ statement: Statement, _ arguments: Arguments) throws {
        _ = try database.transaction([Call(statement, arguments)])
    }

    /// Deletes all conversions, so that each round begins with the same tables.
    func clear() throws {
        try database.execute(script: "TRUNCATE conversions, events, outbox, deliveries, attempts")
        try database.execute(script: "TRUNCATE attempt_counts, attempt_counts_pending")
        try settle()
    }

    /// Vacuums and writes everything to disk, so that nothing of the preparation is left to do during the measurement.
    func settle() throws {
        for statement in ["VACUUM ANALYZE", "CHECKPOINT"] { try database.execute(script: statement) }
    }

    func count(_ table: String) throws -> Int {
        try database.run("SELECT count(*) AS count FROM \(identifier: table)").first?.integer("count") ?? 0
    }

    /// The position of the write-ahead log, in bytes.
    func writtenLog() throws -> Int {
        let rows = try database.run("SELECT (pg_current_wal_lsn() - '0/0')::bigint AS position")
        return rows.first?.integer("position") ?? 0
    }

    /// Lines for recordConversion, each with a transaction of its own. The conversions are of the offers and affiliates in
    /// turn.
    static func lines(
        _ numbers: Range<Int>, prefix: String, offers: [String] = ["o1"], affiliates: [String] = ["a1"]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers {
            let offer = offers[number % offers.count]
            let affiliate = affiliates[number / offers.count % affiliates.count]
            bytes +=
                """
                {"id":\(number),"input":{"offerId":"\(offer)","affiliateId":"\(affiliate)","transactionId":"\(prefix)-\(number)",\
                "clickId":"\(prefix)-c\(number)","status":"done","payout":"1.50","currency":"USD","params":{"sub1":"s1"}}}

                """.utf8
        }
        return bytes
    }
}
