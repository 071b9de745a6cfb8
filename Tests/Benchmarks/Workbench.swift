import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import System
import TestSupport

/// A database of its own, one offer, one affiliate and one postback to a receiver on loopback, and the programs.
final class Workbench {
    let folder: String
    private let server: EmbeddedServer
    let database: Connection
    let receiver: LineProcess
    let receiverURL: String

    /// - Parameter folder: empty, and passable for the server's user.
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
        try call("postbacks", ["migrate"])
        try call("configureOffer", input: #"{"offerId":"o1"}"#)
        try call("configureAffiliate", input: #"{"affiliateId":"a1"}"#)
        try call(
            "createPostback",
            input: """
                {"offerId":"o1","affiliateId":"a1","conversionStatus":"done","httpType":"GET",
                "url":"\(receiverURL)/postback?cid={click_id}&payout={payout}&status={status}"}
                """)
    }

    /// Ends all that was started.
    func close() {
        receiver.end(SIGTERM)
        server.stop()
    }

    var connectionString: String { server.connectionString }

    /// What programs get: this process's variables without any that lead elsewhere.
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

    @discardableResult
    private func call(_ name: String, _ arguments: [String] = [], input: String = "") throws -> String {
        let outcome = try ChildProcess.run(
            Programs.path(name), arguments, environment: environment(), input: Array(input.utf8), seconds: 60)
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "\(name): \(outcome.status) \(outcome.text)\(outcome.errorText)")
        }
        return outcome.text
    }

    /// Forgets all conversions, so that each round begins with the same tables.
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
