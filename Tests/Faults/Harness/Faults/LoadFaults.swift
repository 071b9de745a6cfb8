import FaultLedger
import Foundation
import JSON
import Postgres
import Synchronization
import System
import TestSupport

/// Overload, or destinations that only wait. The deliveries to other destinations must not be delayed.
extension Fault {
    static let loadFaults = [
        hanging("hanging", count: 100), hanging("hanging-500", count: 500), oneHangs, retryStorm,
    ]

    /// Before the destinations hang they answer as fast as all others, so that their reputation is good at first.
    private static func hanging(_ name: String, count: Int) -> Fault {
        let place = Place<Crowd>()
        var fault = Fault(
            name: name, group: .load,
            injects: "\(count) destinations that stop answering at once, with rows owed to each and more arriving"
        ) { scene in
            let crowd = try place.get()
            let connection = try scene.database.connect()
            for _ in 0..<scene.effort.rounds(short: 2, full: 3) {
                try scene.database.waitForShortBacklog()
                // This is longer than two time-outs, so that hanging destinations are tried again.
                let length = scene.effort.isShort ? 6.0 : 45
                scene.watch.during(.calm) { scene.pause(length) }
                crowd.hang()
                try scene.watch.during(.faulty) {
                    scene.pause(1)
                    for number in 0..<5 { try scene.network.recordSilently(10, of: "crowd-\(number)", on: connection) }
                    scene.pause(length)
                }
                crowd.answer()
                try crowd.check()
                scene.notes.countRound()
            }
        }
        fault.prepare = { scene in
            scene.useUsualTimes()
            let crowd = try Crowd(count)
            place.put(crowd)
            // Each conversion is owed to a fifth of the destinations.
            let part = count / 5
            for number in 0..<5 {
                let members = Array(crowd.members[number * part..<(number + 1) * part])
                try scene.network.addFlow("crowd-\(number)", to: members, isHealthy: false)
            }
            scene.network.favourHealthyFlows(count > 100 ? 20 : 6)
        }
        // Per second, with 500 (100) destinations: a healthy flow gets 6 (18) conversions, and each destination of the
        // crowd gets a third of a delivery (3).
        fault.setup.rate = count > 100 ? 21 : 69
        fault.setup.latencyFactor = 2
        fault.confirm = { scene in
            defer { place.put(nil) }
            return try scene.database.confirmHanging(count)
        }
        return fault
    }

    private static let oneHangs: Fault = {
        let backlog = 10_000
        let place = Place<Crowd>()
        var fault = Fault(
            name: "one-hangs-10000", group: .load, injects: "one destination that hangs, with 10,000 rows owed to it"
        ) { scene in
            let crowd = try place.get()
            let connection = try scene.database.connect()
            for _ in 0..<scene.effort.rounds(short: 2, full: 4) {
                try scene.database.waitForShortBacklog()
                let length = scene.effort.isShort ? 5.0 : 20
                scene.watch.during(.calm) { scene.pause(length) }
                crowd.hang()
                try scene.network.recordSilently(backlog, of: "hanging", on: connection)
                scene.watch.during(.faulty) { scene.pause(length) }
                crowd.answer()
                try crowd.check()
                scene.notes.countRound()
            }
        }
        fault.prepare = { scene in
            scene.useUsualTimes()
            let crowd = try Crowd(1)
            place.put(crowd)
            try scene.network.addFlow("hanging", to: crowd.members, isHealthy: false)
        }
        fault.setup.latencyFactor = 2
        fault.confirm = { scene in
            defer { place.put(nil) }
            return try scene.database.confirmHanging(1)
        }
        return fault
    }()

    /// After a pause of the pollers many retries are due at once. New deliveries go to the same destinations and to
    /// others while the retries drain.
    private static let retryStorm: Fault = {
        var fault = Fault(
            name: "retry-storm", group: .load, injects: "1,000,000 retries due at once (20,000 in short)"
        ) { scene in
            scene.watch.during(.calm) { scene.pause(scene.effort.isShort ? 2 : 10) }
            scene.load.setRate(0)
            try scene.processes.endPollers()
            let retries = scene.effort.isShort ? 20_000 : 1_000_000
            let connection = try scene.database.connect()
            for _ in 0..<retries / 20_000 {
                // Each conversion has four deliveries.
                try scene.network.recordSilently(
                    5000, of: "storm", by: PackageResources.record_retries_sql, on: connection)
            }
            _ = try connection.run("ANALYZE")
            scene.load.setRate(scene.setup.rate)
            try scene.processes.startPoller()
            let start = Instant.now
            let length = scene.effort.seconds(short: 5, full: 120)
            scene.watch.during(.faulty) {
                scene.pause(length)
            }
            let left = try scene.database.count("SELECT count(*) AS value FROM outbox WHERE attempt > 0")
            let each = Double(retries - left) / start.elapsed.seconds
            scene.notes.remark =
                "\(retries - left) retries in \(Int(start.elapsed.seconds)) s (\(Int(each)) a second)"
            scene.notes.countRound()
            guard left > 200_000 else { return }
            // To end the run sooner, the remaining deliveries are cancelled by deleting their postbacks.
            scene.load.setRate(0)
            try waitUntil("all is answered", timeoutSeconds: 120) { scene.load.state.withLock { $0.open == 0 } }
            let deletion = Instant.now
            let cancelled = try scene.database.deletePostbacks(of: "storm")
            scene.notes.remark +=
                ", \(cancelled) cancelled by deletePostback in \(Int(deletion.elapsed.seconds)) s"
        }
        fault.prepare = { scene in
            let targets = try (0..<4).map { _ in try PlainDestination() }
            try scene.network.addFlow("storm", to: targets, isHealthy: true)
        }
        fault.setup.patience = 240
        fault.setup.latencyBound = 1000
        return fault
    }()
}

extension Scene {
    /// Uses the default time-out and lease, so that hanging requests last as long as usual. The short choice has no
    /// time for that.
    fileprivate func useUsualTimes() {
        guard !effort.isShort else { return }
        processes.settings["POSTBACKS_TIMEOUT"] = "20"
        processes.settings["POSTBACKS_LEASE"] = "60"
    }
}

extension Database {
    /// Checks that the destinations were met while they hung: all of them, or 128 if there are more.
    fileprivate func confirmHanging(_ count: Int) throws -> [Breach] {
        let met = try self.count(
            """
            SELECT count(DISTINCT split_part(request ->> 'url', '/', 3)) AS value FROM attempts
            WHERE error ->> 'code' = 'timeout'
            """)
        return met >= min(count, 128)
            ? [] : [Breach(.heals, "\(met) of \(count) destinations were met while they hung")]
    }

    /// - Returns: the number of cancelled deliveries.
    fileprivate func deletePostbacks(of offer: String) throws -> Int {
        let postbacks = try installation.ask("listPostbacks", ["offerId": .string(offer)])["postbacks"]?.items ?? []
        return try postbacks.compactMap { $0["id"] }
            .map { try installation.ask("deletePostback", ["postbackId": $0])["cancelledDeliveries"]?.integer ?? 0 }
            .reduce(0, +)
    }
}
