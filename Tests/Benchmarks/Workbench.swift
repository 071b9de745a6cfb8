import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import System
import TestSupport

/// A temporary database with one offer, one affiliate and one postback to a local receiver, and the programs.
final class Workbench {
    let folder: String
    private let server: EmbeddedServer
    let database: Connection
    let receiver: LineProcess
    let receiverURL: String

    /// `folder` is an empty folder that the server's user may enter.
    init(folder: String) throws {
        self.folder = folder
        server = EmbeddedServer(home: "\(folder)/home")
        do {
            say("starting PostgreSQL")
            try server.start()
            receiver = try LineProcess(Programs.path("postbacks"), ["receive", "--quiet"], environment: [:])
            guard let url = try receiver.readLine(seconds: 10).split(separator: " ").last else {
                throw DidNotHappen(description: "the receiver did not say where it listens")
            }
            receiverURL = String(url)
            database = try Connection(server.connectionString)
        } catch {
            server.stop()
            throw error
        }
        do {
            try prepare()
        } catch {
            close()
            throw error
        }
    }

    private func prepare() throws {
        let database = TestDatabase(connectionString: server.connectionString)
        let installation = try Installation.make(on: database, environment())
        let url = "\(receiverURL)/postback?cid={click_id}&payout={payout}&status={status}"
        try installation.configure(
            offer: ["offerId": "o1"], affiliate: ["affiliateId": "a1"],
            postbacks: [["conversionStatus": "done", "url": .string(url)]])
    }

    /// Ends all processes that were started.
    func close() {
        receiver.end(SIGTERM)
        server.stop()
    }

    var connectionString: String { server.connectionString }

    /// The environment of the programs: the variables of this process, except those that name another database or
    /// folder.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        let own = [
            "DATABASE_URL": server.connectionString, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
            "POSTBACKS_ENCRYPTION_KEY": "1:\(String(repeating: "A", count: 43))=",
            "SWIFT_BACKTRACE": "enable=no",
            "LOG_LEVEL": "warning",
        ]
        return Programs.environment(own.merging(more) { $1 })
    }

    func start(_ name: String, _ arguments: [String], _ more: [String: String] = [:]) throws -> LineProcess {
        try LineProcess(Programs.path(name), arguments, environment: environment(more))
    }

    /// Deletes all conversions, so that each round begins with the same tables.
    func clear() throws {
        for statement in ["TRUNCATE conversions, events, outbox, deliveries, attempts", "VACUUM ANALYZE", "CHECKPOINT"]
        {
            try database.execute(script: statement)
        }
    }

    func count(_ table: String) throws -> Int {
        try database.run("SELECT count(*) AS count FROM \(identifier: table)").first?.integer("count") ?? 0
    }

    /// Lines for recordConversion, each with a transaction of its own.
    static func lines(_ numbers: Range<Int>, prefix: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers {
            bytes +=
                """
                {"id":\(number),"input":{"offerId":"o1","affiliateId":"a1","transactionId":"\(prefix)-\(number)",\
                "clickId":"\(prefix)-c\(number)","status":"done","payout":"1.50","currency":"USD","params":{"sub1":"s1"}}}

                """.utf8
        }
        return bytes
    }
}
