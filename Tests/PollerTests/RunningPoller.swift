import Glibc
import JSON
import POSIX
import Postgres
import Receiver
import TestSupport

/// `postbacks poll` on an installation's database, with short times. It ends with its last reference.
final class RunningPoller {
    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// - Parameter shell: what the shell that becomes the poller does before.
    init(_ installation: Installation, _ settings: [String: String] = [:], shell: String = ":") throws {
        folder = try TemporaryFolder()
        let usual = [
            "POSTBACKS_TIMEOUT": "2", "POSTBACKS_LEASE": "12", "POSTBACKS_RETRY_SCHEDULE": "0.1,0.1",
            "POSTBACKS_FUNCTIONS": Programs.folder, "LOG_LEVEL": "debug",
        ]
        let environment = usual.merging(installation.environment) { $1 }.merging(settings) { $1 }
        let log = try Descriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        process = try ChildProcess(
            "/bin/sh", ["-c", "\(shell); exec \"$0\" poll", Programs.path("postbacks")],
            environment: Programs.environment(environment), output: .null,
            errorOutput: .descriptor(log))
    }

    deinit {
        process.terminate(SIGTERM)
        try? waitUntil("the poller ends", timeoutSeconds: 20) { try process.poll() != nil }
        process.terminate(SIGKILL)
        _ = try? process.wait()
    }

    var processID: CInt { process.pid }

    /// What it and its delivery process have logged.
    var log: String {
        get throws { String(decoding: try FileSystem.read("\(folder.path)/log", limit: 1 << 26), as: UTF8.self) }
    }

    /// Its warm deliverPostback.
    var deliveryProcess: CInt? {
        FileSystem.names(in: "/proc").compactMap { CInt($0) }.first { candidate in
            guard let stat = try? FileSystem.read("/proc/\(candidate)/stat", limit: 4096) else { return false }
            let text = String(decoding: stat, as: UTF8.self)
            // The parent is the second field behind the name, which stands in parentheses and is cut to 15 characters.
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return text.contains("(deliverPostback") && fields.count > 1 && fields[1] == "\(process.pid)"
                && fields[0] != "Z"
        }
    }

    func send(_ signal: CInt) { process.terminate(signal) }

    func waitForEnd() throws -> ChildProcess.ExitStatus { try process.wait() }
}

extension Installation {
    /// An offer, an affiliate, and postbacks on each status, all to one receiver.
    static func sending(
        to url: String, on statuses: [String] = ["pending"], database: TestDatabase? = nil,
        environment: [String: String] = [:]
    ) throws -> Installation {
        let installation =
            try database.map { try Installation.make(on: $0, environment) } ?? Installation.make(environment)
        try installation.ask("configureOffer", ["offerId": "o"])
        try installation.ask("configureAffiliate", ["affiliateId": "a"])
        for status in statuses {
            try installation.ask(
                "createPostback",
                [
                    "offerId": "o", "affiliateId": "a", "conversionStatus": .string(status), "httpType": "GET",
                    "url": .string("\(url)/{transaction_id}/{status}?payout={payout}"),
                ])
        }
        return installation
    }

    func record(_ transactions: [String]) throws {
        let inputs = transactions.map {
            ["offerId": "o", "affiliateId": "a", "transactionId": .string($0), "payout": "1.50"] as JSON
        }
        let answers = try ask("recordConversion", all: inputs)
        guard answers.allSatisfy({ $0["error"] == nil }) else { throw DidNotHappen(description: "\(answers)") }
    }

    func update(_ transaction: String, _ status: String) throws {
        try ask(
            "updateConversionStatus",
            ["offerId": "o", "transactionId": .string(transaction), "status": .string(status)])
    }

    /// The deliveries, by their ids.
    func deliveries() throws -> [JSON] { try ask("listDeliveries", ["limit": 1000])["deliveries"]?.items ?? [] }

    /// Waits until so many deliveries are in a state.
    @discardableResult
    func wait(for count: Int = 1, in state: String) throws -> [JSON] {
        let connection = try database.connect()
        try waitUntil("\(count) × \(state)") {
            let rows = try connection.run("SELECT count(*) AS value FROM delivery_log WHERE state = \(state)")
            return (rows.first?.integer("value") ?? 0) >= count
        }
        return try deliveries().filter { $0["state"] == .string(state) }
    }
}

extension JSON {
    /// Of a delivery: how its attempts ended.
    var outcomes: [String] { (self["attempts"]?.items ?? []).compactMap { $0["outcome"]?.text } }
}
