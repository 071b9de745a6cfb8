import FaultLedger
import Postgres
import System
import TestSupport

/// The server runs, but other sessions disturb its work.
extension Fault {
    static let statementFaults = [deadlocked, timedOut, foreignTransaction, deadRows, notificationsDropped]

    private static let deadlocked: Fault = {
        let deadlocks = Place<Int>()
        var fault = Fault(
            name: "deadlock", group: .database,
            injects: "foreign transactions that lock owed rows against the order of the poller and of the recorder"
        ) { scene in
            let connection = try scene.database.connect()
            let before = try scene.database.deadlocks()
            let rounds = scene.effort.rounds(short: 20, full: 200)
            for _ in 0..<rounds {
                try lockBackwards(on: connection, scene)
                scene.notes.countRound()
            }
            deadlocks.put(try scene.database.deadlocks() - before)
        }
        fault.setup.server = ["deadlock_timeout": "50ms"]
        fault.prepare = { scene in scene.network.slowDown(milliseconds: 100) }
        fault.confirm = { _ in
            try deadlocks.get() > 0 ? [] : [Breach(.heals, "there was no deadlock")]
        }
        return fault
    }()

    /// Locks the rows in flight one by one from the last to the first, while the poller locks them from the first.
    private static func lockBackwards(on connection: Connection, _ scene: Scene) throws {
        defer { _ = try? connection.run("ROLLBACK") }
        let ids = try connection.run("SELECT id FROM outbox WHERE lease_until IS NOT NULL ORDER BY id DESC LIMIT 12")
            .compactMap { $0.integer("id") }
        do throws(PostgresError) {
            _ = try connection.run("BEGIN")
            for id in ids {
                _ = try connection.run("SELECT FROM outbox WHERE id = \(id)::bigint FOR UPDATE")
                scene.pause(0.02)
            }
        } catch {
            // This transaction may be the victim of the deadlock.
            guard error.kind == .busy else { throw error }
        }
    }

    private static let timedOut: Fault = {
        var fault = Fault(
            name: "statement-timeout", group: .database,
            injects:
                "statements that take too long: cancelled at random moments, behind a locked outbox, with a 2 ms limit"
        ) { scene in
            let connection = try scene.database.connect()
            let name = try connection.run("SELECT current_database() AS value").first?.text("value") ?? ""
            for _ in 0..<scene.effort.rounds(short: 2, full: 15) {
                for _ in 0..<20 {
                    scene.chance.pause(between: 0.01, and: 0.1)
                    try scene.database.cancelOne(on: connection)
                }
                _ = try connection.run("BEGIN")
                _ = try connection.run("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
                scene.pause(1.5)
                _ = try connection.run("ROLLBACK")
                _ = try connection.run("ALTER DATABASE \(identifier: name) SET statement_timeout = '2ms'")
                for _ in 0..<3 { try scene.database.terminateOne(on: connection) }
                scene.pause(2)
                _ = try connection.run("ALTER DATABASE \(identifier: name) RESET statement_timeout")
                // A pool keeps sessions for a while, so those with the short limit are ended here.
                for session in Database.Session.allCases {
                    try scene.database.terminateOne(of: [session], on: connection)
                }
                try scene.load.waitForAnswers()
                scene.notes.countRound()
            }
        }
        fault.setup.patience = 180
        return fault
    }()

    /// The transaction holds back vacuum until the end of the run, including the drain.
    private static let foreignTransaction: Fault = {
        var fault = Fault(
            name: "foreign-transaction", group: .database,
            injects: "a transaction that stays open for the whole run while many rows drain"
        ) { scene in
            scene.pause(scene.effort.seconds(short: 8, full: 120))
            scene.notes.countRound()
        }
        fault.setup.rate = 400
        fault.prepare = { scene in try scene.database.holdBackVacuum() }
        return fault
    }()

    private static let deadRows: Fault = {
        var fault = Fault(
            name: "dead-rows", group: .database,
            injects: "a million dead rows in the outbox (100,000 in short) that a foreign transaction keeps from vacuum"
        ) { scene in
            let connection = try scene.database.connect()
            try scene.database.holdBackVacuum()
            // The rows are inserted and deleted in one transaction, so no other session ever sees them.
            let rows = scene.effort.isShort ? 100_000 : 1_000_000
            _ = try connection.run("BEGIN")
            _ = try connection.run(
                """
                INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at)
                SELECT 0, -n, 1, 0, 1 + n % (SELECT count(*) FROM destinations), now() - interval '1 hour'
                FROM generate_series(1, \(rows)::int) AS n
                """)
            _ = try connection.run("DELETE FROM outbox WHERE event_id = 0")
            _ = try connection.run("COMMIT")
            scene.notes.countRound()
            scene.pause(scene.effort.seconds(short: 5, full: 60))
        }
        fault.setup.patience = 240
        // Every ten seconds, one look through all of these rows may delay deliveries by up to a second.
        fault.setup.latencyBound = 2000
        return fault
    }()

    private static let notificationsDropped: Fault = {
        var fault = Fault(
            name: "notifications-dropped", group: .database,
            injects: "what is owed comes without NOTIFY, to pollers that lost their LISTEN"
        ) { scene in
            let connection = try scene.database.connect()
            scene.load.setRate(0)
            for round in 0..<scene.effort.rounds(short: 4, full: 30) {
                // An idle poller looks less and less often.
                scene.pause(2)
                if round.isMultiple(of: 2) { try scene.database.terminateOne(of: [.poller], on: connection) }
                try scene.network.recordSilently(20, on: connection)
                try scene.network.waitForArrivals(20)
                scene.notes.countRound()
            }
            scene.load.setRate(scene.setup.rate)
        }
        return fault
    }()
}
