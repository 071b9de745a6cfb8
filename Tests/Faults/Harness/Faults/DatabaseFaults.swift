import EmbeddedPostgres
import FaultLedger
import Glibc
import Postgres
import System
import TestSupport

/// The server ends, hangs or is full. A single poller repeats nothing because of that: its answers wait until they are
/// stored.
extension Fault {
    static let databaseFaults = [
        restarted, stoppedImmediately, away, connectionsKilled, connectionsHang, poolFull, diskFull,
    ]

    private static let restarted = Fault(
        name: "database-restart", group: .database, injects: "an orderly restart of PostgreSQL"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 3, full: 20) {
            scene.chance.pause(between: 0.3, and: 2)
            scene.database.server.stop()
            try scene.database.server.start()
            try scene.load.waitForAnswers()
            scene.notes.countRound()
        }
    }

    private static let stoppedImmediately = Fault(
        name: "database-immediate-stop", group: .database, injects: "PostgreSQL stopped without a checkpoint (SIGQUIT)"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 3, full: 20) {
            scene.chance.pause(between: 0.3, and: 2)
            scene.database.server.stopImmediately()
            try scene.database.server.start()
            try scene.load.waitForAnswers()
            scene.notes.countRound()
        }
    }

    private static let away: Fault = {
        var fault = Fault(
            name: "database-away", group: .database, injects: "PostgreSQL away for 5 minutes (15 s in short)"
        ) { scene in
            scene.database.server.stopImmediately()
            scene.pause(scene.effort.seconds(short: 15, full: 300))
            try scene.database.server.start()
            scene.notes.countRound()
        }
        fault.prepare = { scene in scene.network.slowDown(milliseconds: 50) }
        return fault
    }()

    private static let connectionsKilled = Fault(
        name: "connections-killed", group: .database,
        injects: "pg_terminate_backend on recorder, poller and upkeep at random moments, during commits too"
    ) { scene in
        let connection = try scene.database.connect()
        for _ in 0..<scene.effort.rounds(short: 40, full: 600) {
            scene.chance.pause(between: 0.01, and: 0.25)
            try scene.database.terminateOne(on: connection)
            scene.notes.countRound()
        }
    }

    private static let connectionsHang: Fault = {
        var fault = Fault(
            name: "backend-hangs", group: .database,
            injects:
                "SIGSTOP of the server's processes of poller and recorder in the middle of statements, past the lease"
        ) { scene in
            let connection = try scene.database.connect()
            for round in 0..<scene.effort.rounds(short: 1, full: 5) {
                scene.chance.pause(between: 0.3, and: 1)
                let stopped = try scene.database.backends(
                    of: round.isMultiple(of: 2) ? [.poller] : [.recorder], on: connection)
                for backend in stopped.prefix(1) { Signals.send(SIGSTOP, to: backend) }
                // The other poller takes over the deliveries whose results the first one cannot store.
                try scene.database.allowRepeatsOfLeased()
                scene.pause(14)
                for backend in stopped.prefix(1) { Signals.send(SIGCONT, to: backend) }
                try scene.load.waitForAnswers()
                scene.notes.countRound()
            }
        }
        fault.setup.pollers = 2
        // Something is always in flight, so that leases are lost.
        fault.prepare = { scene in scene.network.slowDown(milliseconds: 100) }
        fault.confirm = { scene in
            let unknown = try scene.database.unknownAttempts()
            return unknown > 0 ? [] : [Breach(.heals, "no lease was lost: the fault was not injected")]
        }
        return fault
    }()

    private static let poolFull: Fault = {
        var fault = Fault(
            name: "pool-full", group: .database, injects: "every connection of the server taken by somebody else"
        ) { scene in
            for _ in 0..<scene.effort.rounds(short: 2, full: 10) {
                let connection = try scene.database.connect()
                var taken: [Connection] = []
                // Ends sessions of the programs and opens its own instead, until no connection is left for the
                // programs.
                let start = Instant.now
                while start.elapsed.seconds < 3 {
                    for _ in 0..<3 { try scene.database.terminateOne(on: connection) }
                    while let one = try? scene.database.connect() { taken.append(one) }
                }
                scene.notes.countRound()
                taken = []
                try scene.load.waitForAnswers()
            }
        }
        fault.setup.server = ["max_connections": "15", "superuser_reserved_connections": "0"]
        return fault
    }()

    private static let diskFull: Fault = {
        var fault = Fault(
            name: "disk-full", group: .database, injects: "no space left for PostgreSQL, its WAL included"
        ) { scene in
            for _ in 0..<scene.effort.rounds(short: 1, full: 5) {
                scene.chance.pause(between: 0.5, and: 1)
                let ballast = "\(scene.database.home)/ballast"
                try fill(ballast)
                scene.pause(scene.effort.isShort ? 4 : 10)
                try FileSystem.remove(ballast)
                // PostgreSQL shuts down if its WAL cannot grow, and a supervisor starts it again.
                try scene.database.server.start()
                try scene.load.waitForAnswers()
                scene.notes.countRound()
            }
        }
        fault.confirm = { scene in
            let logs = ["postgres.log", "postgres.log.old"].compactMap {
                try? FileSystem.read("\(scene.database.home)/\($0)")
            }
            let isFull = logs.contains { String(decoding: $0, as: UTF8.self).contains("No space left on device") }
            return isFull ? [] : [Breach(.heals, "the disk was never full: the fault was not injected")]
        }
        fault.setup.homeSize = "320m"
        fault.setup.rate = 300
        fault.setup.server = ["max_wal_size": "48MB", "min_wal_size": "32MB"]
        return fault
    }()

    /// Writes until the disk is full.
    private static func fill(_ path: String) throws {
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        for size in [1 << 20, 4096] {
            let block = [UInt8](repeating: 0, count: size)
            while let written = try? file.writeSome(block), written > 0 {}
        }
    }
}
