import FaultLedger
import Foundation
import POSIX
import Postgres
import TestSupport

extension Scene {
    /// Lets the load go on for a while.
    func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }

    /// A random time between two, in seconds.
    func pause(between shortest: Double, and longest: Double) {
        pause(Double.random(in: shortest...longest, using: &random))
    }

    /// Until so many more conversions were answered: the load goes on.
    func waitForAnswers(_ count: Int = 20) throws {
        let before = load.answered
        try waitUntil("\(count) more conversions are answered", timeoutSeconds: 120) {
            load.answered >= before + count
        }
    }

    /// Until so many more requests have arrived: deliveries go on.
    func waitForArrivals(_ count: Int = 20) throws {
        let before = sightings.count
        try waitUntil("\(count) more requests arrive", timeoutSeconds: 120) { sightings.count >= before + count }
    }

    /// Until nothing is owed any more that is not held.
    /// - Returns: how many seconds it took.
    func waitUntilDrained() throws -> Double {
        let start = Clock.monotonicNanoseconds
        let deadline = start + Int64(setup.patience) * 1_000_000_000
        let connection = try connect()
        while true {
            let owed = try connection.run("SELECT id FROM outbox WHERE due_at < 'infinity' OR lease_until > now()")
            if owed.isEmpty { return Clock.seconds(since: start) }
            guard Clock.monotonicNanoseconds < deadline else {
                throw Breach(
                    .heals, "still owed \(setup.patience) s after the heal", ids: owed.compactMap { $0.integer("id") })
            }
            pause(0.05)
        }
    }

    /// Tells the pollers to end, which they do in good order.
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
