import EmbeddedPostgres
import FaultLedger
import Foundation
import Glibc
import Postgres
import System
import TestSupport

/// The PostgreSQL server with the installation's tables.
final class Database {
    let server: EmbeddedServer
    /// The server and its standby; nil if there is none.
    let pair: ServerPair?
    /// The server's home folder.
    let home: String
    let installation: Installation
    let chance: Chance
    private let notes: Notes
    /// The file system of the home folder; nil if that is the machine's disk.
    private let mount: MemoryDisk?
    /// The limit in seconds for the outbox to shrink.
    private let patience: Int
    /// The sessions that stay open until the end of the scene.
    private var openSessions: [Connection] = []

    init(
        home: String, _ setup: Fault.Setup, settings: [String: String], _ chance: Chance, _ notes: Notes
    ) throws {
        self.home = home
        self.chance = chance
        self.notes = notes
        patience = setup.patience
        mount = try setup.homeSize.map { try MemoryDisk(at: home, size: $0) }
        server = EmbeddedServer(home: home, settings: settings)
        try server.start()
        pair =
            try setup.hasStandby
            ? ServerPair(server, home: home, standbyHome: "\(home)-standby", settings: settings) : nil
        installation = try Installation.make(
            on: TestDatabase(connectionString: pair?.connectionString ?? server.connectionString))
    }

    func close() {
        openSessions = []
        pair?.close()
        server.stopImmediately()
        mount?.unmount()
    }

    func connect() throws -> Connection { try installation.database.connect(applicationName: "faults") }

    /// Kills PostgreSQL with SIGKILL and starts it again after a while.
    func kill(awayFor seconds: Double) throws {
        if let process = server.processID { Signals.send(SIGKILL, to: process) }
        try waitUntil("the server is gone") { !server.isRunning }
        Thread.sleep(forTimeInterval: seconds)
        try server.start()
    }

    /// Opens a transaction with a snapshot that lasts until the end of the scene, so that no row that dies from now on
    /// can be vacuumed.
    func holdBackVacuum() throws {
        let connection = try connect()
        _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        _ = try connection.run("SELECT count(*) FROM offers")
        openSessions.append(connection)
    }

    // MARK: Counts

    /// Returns the column `value` of the first row; 0 if there is none.
    func count(_ query: Query) throws -> Int { try connect().run(query).first?.integer("value") ?? 0 }

    /// The number of attempts with an unknown outcome.
    func unknownAttempts() throws -> Int {
        try count("SELECT count(*) AS value FROM attempts WHERE outcome = 'unknown'")
    }

    /// The leases that are held now: the id of each delivery with the number of its lease.
    func leases() throws -> Set<String> {
        let rows = try connect().run(
            "SELECT concat_ws(' ', id, lease_no) AS value FROM outbox WHERE lease_until IS NOT NULL")
        return Set(rows.compactMap { $0.text("value") })
    }

    /// Allows repeats of everything that is leased now: requests in flight, rows that wait for their turn in the
    /// pollers, and answers that are not stored yet.
    func allowRepeatsOfLeased() throws {
        notes.allowRepeats(try count("SELECT count(*) AS value FROM outbox WHERE lease_until IS NOT NULL"))
    }

    // MARK: Waiting

    /// Waits until fewer than 50 deliveries are owed that are not held.
    func waitForShortBacklog() throws {
        let connection = try connect()
        try waitUntil("the backlog is gone", timeoutSeconds: patience) {
            let rows = try connection.run("SELECT count(*) AS value FROM outbox WHERE due_at < 'infinity'")
            return (rows.first?.integer("value") ?? .max) < 50
        }
    }

    /// Waits until nothing is owed except what is held. The backlog may be long, but it must keep shrinking.
    func waitUntilDrained() throws {
        let connection = try connect()
        var fewest = Int.max
        var progressAt = Instant.now
        while true {
            let owed = try connection.run(
                """
                SELECT count(*) AS value FROM outbox o JOIN postbacks p ON p.id = o.postback_id
                WHERE o.due_at < 'infinity' OR o.lease_until > now() OR p.paused_at IS NULL
                """)
            let left = owed.first?.integer("value") ?? 0
            if left == 0 { return }
            if left < fewest {
                fewest = left
                progressAt = Instant.now
            }
            guard progressAt.elapsed.seconds < Double(patience) else {
                let ids = try connection.run("SELECT id FROM outbox WHERE due_at < 'infinity' ORDER BY id LIMIT 1000")
                throw Breach(
                    .heals, "\(left) are still owed, and in \(patience) s it became no less",
                    ids: ids.compactMap { $0.integer("id") })
            }
            Thread.sleep(forTimeInterval: left > 1000 ? 0.5 : 0.05)
        }
    }
}
