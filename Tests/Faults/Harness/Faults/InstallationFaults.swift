import EmbeddedPostgres
import FaultLedger
import Postgres
import System
import TestSupport

/// Problems of the database itself, for which no receiver is responsible: each delivery needs exactly one attempt, and
/// no postback is paused.
extension Fault {
    static let installationFaults = [sequencesBehind, readOnly, copied]

    private static let sequencesBehind: Fault = {
        var fault = Fault(
            name: "sequences-behind", group: .database,
            injects: "every sequence set back to 1, so that it gives ids that are taken"
        ) { scene in
            let connection = try scene.database.connect()
            for _ in 0..<scene.effort.rounds(short: 2, full: 10) {
                scene.chance.pause(between: 0.5, and: 2)
                for table in ["outbox", "events", "conversions", "postbacks", "destinations"] {
                    _ = try connection.run("SELECT setval(\("\(table)_id_seq")::regclass, 1)")
                }
                scene.notes.countRound()
                try scene.load.waitForAnswers()
            }
        }
        fault.confirm = { scene in
            var breaches = try scene.database.judgeUncharged()
            if !scene.processes.log.contains("sequences were behind their tables") {
                breaches.append(Breach(.heals, "no sequence was brought forward: the fault was not injected"))
            }
            return breaches
        }
        return fault
    }()

    private static let readOnly: Fault = {
        var fault = Fault(
            name: "read-only", group: .database,
            injects: "a server that can only be read for a minute (5 s in short), as the old one of a failover"
        ) { scene in
            let connection = try scene.database.connect()
            for _ in 0..<scene.effort.rounds(short: 2, full: 3) {
                scene.chance.pause(between: 0.5, and: 2)
                try scene.database.setReadOnly(true, on: connection)
                scene.pause(scene.effort.seconds(short: 5, full: 60))
                try scene.database.setReadOnly(false, on: connection)
                scene.notes.countRound()
                try scene.load.waitForAnswers()
            }
        }
        // Something is always in flight.
        fault.prepare = { scene in scene.network.slowDown(milliseconds: 100) }
        fault.confirm = { scene in try scene.database.judgeUncharged() }
        return fault
    }()

    private static let copied: Fault = {
        var fault = Fault(
            name: "copied-database", group: .database,
            injects:
                "a copy of the database, with what it owes, and a poller of its own that is started again and again"
        ) { scene in
            let copy = scene.database.copy
            let owed = try copy.count("outbox")
            for _ in 0..<scene.effort.rounds(short: 3, full: 20) {
                let poller = try RunningPoller(copy, scene.processes.settings)
                guard try poller.waitForEnd() == .exited(78) else {
                    throw Breach(.heals, "the poller of a copy did not refuse: \(try poller.log)")
                }
                scene.notes.countRound()
                scene.chance.pause(between: 0.2, and: 1)
            }
            if owed == 0 { throw Breach(.heals, "the copy owes nothing: the fault was not injected") }
            let left = try copy.count("outbox")
            let made = try copy.count("attempts")
            if left != owed || made != 0 { throw Breach(.recordedRequests, "the copy has sent \(made) requests") }
        }
        fault.prepare = { scene in
            try scene.network.recordSilently(50, on: try scene.database.connect())
            try scene.database.makeCopy()
        }
        fault.confirm = { scene in try scene.database.judgeUncharged() }
        return fault
    }()
}

extension Database {
    /// Checks that every delivery was delivered by its first attempt, and that nothing is paused.
    fileprivate func judgeUncharged() throws -> [Breach] {
        var breaches: [Breach] = []
        let ends = try count("SELECT count(*) AS value FROM deliveries WHERE state <> 'delivered' OR attempts <> 1")
        if ends > 0 { breaches.append(Breach(.complete, "\(ends) deliveries did not end with their first attempt")) }
        let charged = try count("SELECT count(*) AS value FROM attempts WHERE outcome <> 'delivered'")
        if charged > 0 { breaches.append(Breach(.attemptLimit, "\(charged) attempts were charged to receivers")) }
        let paused = try count("SELECT count(*) AS value FROM postbacks WHERE paused_at IS NOT NULL")
        if paused > 0 { breaches.append(Breach(.heals, "\(paused) postbacks are paused")) }
        return breaches
    }

    /// Changes the default of new sessions, and ends the sessions of the programs as a failover would.
    fileprivate func setReadOnly(_ isReadOnly: Bool, on connection: Connection) throws {
        _ = try connection.run(
            isReadOnly
                ? "ALTER SYSTEM SET default_transaction_read_only = on"
                : "ALTER SYSTEM RESET default_transaction_read_only")
        _ = try connection.run("SELECT pg_reload_conf()")
        if isReadOnly {
            for session in Session.allCases { try terminateOne(of: [session], on: connection) }
        }
    }

    private static let copyName = "copy"

    /// Copies the tables and rows into another database of the server.
    fileprivate func makeCopy() throws {
        let maker = try Connection(server.connectionString(database: "postgres"))
        // A database can be copied only while it has no connections.
        try waitUntil("nobody is connected") {
            try maker.run("SELECT FROM pg_stat_activity WHERE datname = 'postbacks'").isEmpty
        }
        _ = try maker.run("CREATE DATABASE \(identifier: Self.copyName) TEMPLATE postbacks")
    }

    fileprivate var copy: Installation {
        Installation(
            database: TestDatabase(connectionString: server.connectionString(database: Self.copyName)),
            environment: installation.environment.filter { $0.key != "DATABASE_URL" })
    }
}
