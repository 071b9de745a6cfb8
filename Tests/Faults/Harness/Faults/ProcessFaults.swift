import EmbeddedPostgres
import FaultLedger
import Glibc
import Postgres
import Receiver
import System
import TestSupport

extension Fault {
    static let processFaults = [
        pollerKilled, deliveryProcessKilled, recorderKilled, postgresKilled, terminated, stopped,
        many(pollers: 2), many(pollers: 8), upKilled, killLoop,
    ]

    private static let pollerKilled = Fault(
        name: "poller-killed", group: .processes, injects: "kill -9 of the poller at random moments"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 3, full: 30) {
            scene.chance.pause(between: 0.2, and: 1.5)
            try scene.processes.killPoller()
            scene.notes.countRound()
        }
    }

    private static let deliveryProcessKilled = Fault(
        name: "delivery-process-killed", group: .processes,
        injects: "kill -9 of the warm deliverPostback at random moments"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 5, full: 50) {
            scene.chance.pause(between: 0.2, and: 1)
            scene.processes.killDeliveryProcess()
            scene.notes.countRound()
        }
    }

    /// This loses nothing: the caller repeats calls without an answer, and confirmed conversions are stored.
    private static let recorderKilled = Fault(
        name: "recorder-killed", group: .processes, injects: "kill -9 of recordConversion at random moments"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 10, full: 100) {
            scene.chance.pause(between: 0.05, and: 0.4)
            scene.load.killRecorder()
            scene.notes.countRound()
        }
    }

    /// This causes no repeats: the answers wait in the poller until the database is available again.
    private static let postgresKilled = Fault(
        name: "postgres-killed", group: .processes, injects: "kill -9 of PostgreSQL at random moments"
    ) { scene in
        for _ in 0..<scene.effort.rounds(short: 3, full: 20) {
            scene.chance.pause(between: 0.3, and: 2)
            try scene.database.kill(awayFor: Double.random(in: 0...1, using: &scene.chance.random))
            try scene.load.waitForAnswers()
            scene.notes.countRound()
        }
    }

    private static let terminated: Fault = {
        var fault = Fault(
            name: "sigterm", group: .processes,
            injects: "SIGTERM of the poller in full flight, and another one after it"
        ) { scene in
            for _ in 0..<scene.effort.rounds(short: 3, full: 20) {
                scene.chance.pause(between: 0.3, and: 1.5)
                try scene.processes.endPollers()
                try scene.processes.startPoller()
                scene.notes.countRound()
            }
        }
        fault.setup.rate = 200
        fault.prepare = { scene in scene.network.slowDown(milliseconds: 100) }
        // Requests in flight are finished and stored, so no outcome is unknown.
        fault.confirm = { scene in
            let unknown = try scene.database.unknownAttempts()
            return unknown == 0 ? [] : [Breach(.recordedRequests, "\(unknown) unknown attempts after SIGTERM")]
        }
        return fault
    }()

    private static let stopped: Fault = {
        var fault = Fault(
            name: "sigstop", group: .processes,
            injects: "SIGSTOP of a poller past its lease while another one takes over, then SIGCONT"
        ) { scene in
            for round in 0..<scene.effort.rounds(short: 1, full: 5) {
                scene.chance.pause(between: 0.5, and: 1)
                try stop(scene.processes.pollers[round % 2], scene)
                try scene.network.waitForArrivals()
                scene.notes.countRound()
            }
        }
        fault.setup.pollers = 2
        // At the usual rate the slow receivers let thousands of deliveries queue up, before which the other poller would
        // have to find those of the stopped one.
        fault.setup.rate = 40
        fault.prepare = { scene in scene.network.slowDown(milliseconds: 200) }
        fault.confirm = { scene in
            scene.processes.fencedAnswers > 0
                ? [] : [Breach(.fenced, "no late answer of a lost lease was seen and counted")]
        }
        return fault
    }()

    /// The requests in flight were accepted. The other poller sends them again and they are refused; at that moment the
    /// first poller continues and brings its late answers.
    private static func stop(_ poller: RunningPoller, _ scene: Scene) throws {
        let before = try scene.database.unknownAttempts()
        scene.processes.allowRepeats()
        try stopWithLeases(poller, scene)
        scene.pause(6)
        scene.network.slowDown(milliseconds: 1200, status: 500)
        try waitUntil("the other poller takes over", timeoutSeconds: 180) {
            try scene.database.unknownAttempts() > before
        }
        scene.pause(0.1)
        poller.send(SIGCONT)
        scene.pause(1)
        scene.network.slowDown(milliseconds: 200)
    }

    /// Stops a poller at a moment at which it has requests in flight, and returns 5 s after that. On a busy machine the
    /// other poller may have claimed everything that is due.
    private static func stopWithLeases(_ poller: RunningPoller, _ scene: Scene) throws {
        try waitUntil("a poller is stopped while it has requests in flight", timeoutSeconds: 180) {
            poller.send(SIGSTOP)
            let held = try scene.database.leases()
            // The poller also holds answers that it has not stored.
            try scene.database.allowRepeatsOfLeased()
            // The leases of the other one end meanwhile: an attempt takes 2 s at most.
            scene.pause(5)
            if try !scene.database.leases().isDisjoint(with: held) { return true }
            poller.send(SIGCONT)
            scene.pause(0.5)
            return false
        }
    }

    private static func many(pollers: Int) -> Fault {
        var fault = Fault(
            name: "pollers-\(pollers)", group: .processes, injects: "\(pollers) pollers on one database"
        ) { scene in
            scene.pause(scene.effort.seconds(short: 4, full: 30))
            scene.notes.countRound()
        }
        fault.setup.pollers = pollers
        fault.setup.rate = 300
        return fault
    }

    /// A killed `postbacks up` takes its own server with it; the next one starts the server again.
    private static let upKilled: Fault = {
        var fault = Fault(
            name: "up-killed", group: .processes, injects: "kill -9 of `postbacks up` with its own PostgreSQL"
        ) { scene in
            for _ in 0..<scene.effort.rounds(short: 2, full: 10) {
                scene.chance.pause(between: 0.5, and: 2)
                try scene.processes.killPoller()
                try scene.network.waitForArrivals()
                scene.notes.countRound()
            }
        }
        fault.prepare = { scene in
            scene.database.server.stop()
            scene.processes.command = "up"
            scene.processes.settings["DATABASE_URL"] = ""
            scene.processes.settings["POSTBACKS_HOME"] = scene.database.home
        }
        return fault
    }()

    private static let killLoop: Fault = {
        var fault = Fault(
            name: "kill-loop", group: .processes,
            injects: "kill -9 of poller, deliverPostback, recordConversion and PostgreSQL, at random, for a time"
        ) { scene in
            let start = Instant.now
            let length = scene.effort.seconds(short: 12, full: 120)
            while start.elapsed.seconds < length {
                scene.chance.pause(between: 0.1, and: 1.5)
                let poller = Int.random(in: scene.processes.pollers.indices, using: &scene.chance.random)
                switch Int.random(in: 0..<10, using: &scene.chance.random) {
                case 0...2: try scene.processes.killPoller(poller)
                case 3...5: scene.processes.killDeliveryProcess(poller)
                case 6...7: scene.load.killRecorder()
                default: try scene.database.kill(awayFor: Double.random(in: 0...2, using: &scene.chance.random))
                }
                scene.notes.countRound()
            }
        }
        fault.setup.pollers = 2
        fault.setup.rate = 60
        // Lost leases count as attempts, so the schedule is long enough that kills alone make no delivery dead.
        fault.setup.schedule = Array(repeating: "0.5", count: 40).joined(separator: ",")
        return fault
    }()
}
