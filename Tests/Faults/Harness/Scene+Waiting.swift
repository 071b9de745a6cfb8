import FaultLedger
import Foundation
import Postgres
import System
import TestSupport

extension Scene {
    /// Lets the load run for a while.
    func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }

    /// Waits for a random time between two limits, in seconds.
    func pause(between shortest: Double, and longest: Double) {
        pause(Double.random(in: shortest...longest, using: &random))
    }

    /// Waits until `count` more conversions are answered, which shows that recording works.
    func waitForAnswers(_ count: Int = 20) throws {
        let before = load.answered
        try waitUntil("\(count) more conversions are answered", timeoutSeconds: 120) {
            load.answered >= before + count
        }
    }

    /// Waits until `count` more requests have arrived, which shows that delivery works.
    func waitForArrivals(_ count: Int = 20) throws {
        let before = sightings.count
        try waitUntil("\(count) more requests arrive", timeoutSeconds: 120) { sightings.count >= before + count }
    }

    /// Waits until fewer than 50 deliveries are owed that are not held.
    func waitForShortBacklog() throws {
        let connection = try connect()
        try waitUntil("the backlog is gone", timeoutSeconds: setup.patience) {
            let rows = try connection.run("SELECT count(*) AS value FROM outbox WHERE due_at < 'infinity'")
            return (rows.first?.integer("value") ?? .max) < 50
        }
    }

    /// Waits until nothing is owed except what is held. The backlog may be long, but it must keep shrinking.
    func waitUntilDrained() throws {
        let connection = try connect()
        var fewest = Int.max
        var progressAt = Clock.monotonicNanoseconds
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
                progressAt = Clock.monotonicNanoseconds
            }
            guard Clock.seconds(since: progressAt) < Double(setup.patience) else {
                let ids = try connection.run("SELECT id FROM outbox WHERE due_at < 'infinity' ORDER BY id LIMIT 1000")
                throw Breach(
                    .heals, "\(left) are still owed, and in \(setup.patience) s it became no less",
                    ids: ids.compactMap { $0.integer("id") })
            }
            pause(left > 1000 ? 0.5 : 0.05)
        }
    }

    /// Sends SIGTERM to the pollers and checks that each exits with status 0.
    func endPollers() throws {
        for poller in pollers { poller.send(SIGTERM) }
        for poller in pollers {
            let status = try poller.waitForEnd()
            guard status == .exited(0) else {
                throw Breach(.heals, "a poller that was told to end did so by \(status)")
            }
        }
        pollers = []
    }
}
