import FaultLedger
import Glibc
import JSON
import System
import TestSupport

/// The primary is lost and its standby takes over. Pollers and functions have both servers in their connection string and
/// go on alone.
extension Fault {
    static let failoverFaults = [failover]

    private static let failover: Fault = {
        var fault = Fault(
            name: "failover", group: .database,
            injects: "the primary killed and its synchronous standby promoted; the old primary comes back"
        ) { scene in
            guard let pair = scene.database.pair else { throw Skipped(reason: "there is no standby") }
            var longest = 0.0
            for _ in 0..<scene.effort.rounds(short: 1, full: 4) {
                scene.chance.pause(between: 0.5, and: 1.5)
                // Requests in flight may have been answered to a poller whose commit was lost with the primary.
                scene.processes.allowRepeats(times: scene.setup.pollers)
                let start = WallClock.unixMilliseconds
                try pair.failOver()
                try scene.load.waitForAnswers()
                try scene.network.waitForArrivals()
                longest = max(longest, silence(in: scene.load.account, since: start))
                try refuseOldPrimary(pair, scene)
                try pair.rejoin()
                scene.notes.countRound()
            }
            scene.notes.remark = "no answer for \(format(longest, 1)) s"
        }
        fault.setup.hasStandby = true
        fault.setup.pollers = 2
        fault.setup.rate = 500
        fault.setup.server = ["max_wal_senders": "4", "wal_keep_size": "256MB"]
        fault.prepare = { scene in
            // A test runs beside builds and other tests.
            if scene.effort.isShort { scene.load.setRate(100) }
            // Something is always in flight.
            scene.network.slowDown(milliseconds: 20)
        }
        return fault
    }()

    /// The longest time in seconds without an answer of recordConversion that begins after `start`, which is in
    /// milliseconds since 1970.
    private static func silence(in account: Account, since start: Int64) -> Double {
        let times = [start] + account.answers.values.map(\.at).filter { $0 > start }.sorted()
        return Double(zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0) / 1000
    }

    /// The old primary comes back as it was. It must not confirm any recording, because everything that it writes is
    /// lost; programs that work on the new primary stay there.
    private static func refuseOldPrimary(_ pair: ServerPair, _ scene: Scene) throws {
        let old = try pair.startOldPrimary()
        let recorder = try LineProcess(
            Programs.path("recordConversion"), ["--stream"],
            environment: Programs.environment(
                scene.database.installation.environment.merging(["DATABASE_URL": old]) { $1 }),
            errorOutput: .null)
        defer { recorder.end(SIGKILL) }
        let call: JSON = [
            "id": 1,
            "input": [
                "offerId": .string(scene.network.flows[0].offer), "affiliateId": "a",
                "transactionId": "on the old primary",
            ],
        ]
        try recorder.write(Array("\(call.encodedText)\n".utf8))
        try scene.load.waitForAnswers(100)
        scene.pause(1)
        for line in try recorder.takeLines() where String(decoding: line, as: UTF8.self).contains("\"output\"") {
            throw Breach(.complete, "the old primary has answered that it recorded a conversion")
        }
    }
}
