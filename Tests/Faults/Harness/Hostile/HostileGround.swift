import FaultLedger
import HostileReceiver
import JSON
import Postgres
import Synchronization
import System
import TestSupport

/// The hostile destinations of one fault, and the time of their heal.
final class HostileGround: Sendable {
    let receiver = HostileReceiver()
    let destinations: [HostileDestination]
    /// The time of the heal, in milliseconds since 1970.
    private let healedAt = Mutex<Int64>(.max)

    /// Makes the destinations with a given receiver.
    typealias Making = @Sendable (HostileReceiver, Scene) throws -> [HostileDestination]

    init(_ making: Making, on scene: Scene) throws {
        destinations = try making(receiver, scene)
        for destination in destinations {
            try scene.network.addFlow("hostile-\(destination.name)", to: [destination, destination], isHealthy: false)
        }
    }

    /// Waits until each destination was tried `count` times, heals all of them, and resumes the postbacks that were
    /// paused meanwhile. Fewer attempts are required where the product itself limits them.
    func heal(afterTries count: Int, on scene: Scene) throws {
        let connection = try scene.database.connect()
        var tries: [String: Int] = [:]
        do {
            try waitUntil("\(count) attempts at each hostile destination", timeoutSeconds: scene.setup.patience) {
                let rows = try connection.run(Statement(name: "", bytes: PackageResources.read_hostile_tries_sql))
                tries = Dictionary(rows.map { ($0.text("host") ?? "", $0.integer("tries") ?? 0) }) { $0 + $1 }
                return destinations.allSatisfy { tries[$0.authority, default: 0] >= min(count, $0.due.possibleTries) }
            }
        } catch {
            let all = destinations.map { "\($0.name) \(tries[$0.authority, default: 0])" }.joined(separator: ", ")
            throw DidNotHappen(description: "\(error); attempts: \(all)")
        }
        scene.pause(scene.effort.isShort ? 2 : 6)
        for destination in destinations { try destination.heal() }
        healedAt.withLock { $0 = WallClock.unixMilliseconds }
        try resumePostbacks(on: scene)
        scene.notes.countRound()
    }

    /// Resumes paused postbacks, as an operator does after the receiver's repair. Requests that were in flight at the
    /// heal may pause one again.
    private func resumePostbacks(on scene: Scene) throws {
        try waitUntil("no postback is paused any more", timeoutSeconds: scene.setup.patience) {
            scene.pause(2)
            let answer = try scene.database.installation.ask("listPostbacks", ["paused": true, "limit": 1000])
            let paused = answer["postbacks"]?.items.compactMap { $0["id"] } ?? []
            for id in paused {
                try scene.database.installation.ask("updatePostback", ["postbackId": id, "resume": true])
            }
            return paused.isEmpty
        }
    }

    /// Compares every attempt and every delivery with the expected outcome.
    func breaches(on scene: Scene) throws -> [Breach] {
        let connection = try scene.database.connect()
        let attempts = try connection.run(Statement(name: "", bytes: PackageResources.read_hostile_attempts_sql))
        let deliveries = try connection.run(Statement(name: "", bytes: PackageResources.read_hostile_deliveries_sql))
        var breaches = destinations.flatMap { destination in
            let isOwn = { (row: Row) in row.text("host") == destination.authority }
            return misjudged(by: destination, in: attempts.filter(isOwn), on: scene)
                + leftovers(of: destination, in: deliveries.filter(isOwn))
        }
        if scene.processes.log.contains("upkeep of the database failed") {
            breaches.append(Breach(.recordedRequests, "the database refused to store what was answered"))
        }
        return breaches
    }

    private func misjudged(
        by destination: HostileDestination, in attempts: [Row], on scene: Scene
    ) -> [Breach] {
        let healed = Int(healedAt.withLock { $0 })
        var wrong: [String: [Int]] = [:]
        var isMet = false
        for row in attempts {
            let result = Result(row)
            let at = row.integer("at") ?? 0
            let isDue = result.fits(destination.due), isGood = result.fits(.delivered())
            isMet = isMet || at < healed && isDue
            // The short choice runs beside builds and tests, where two seconds may pass before a program continues.
            if scene.effort.isShort, result.isTimeout { continue }
            // An attempt that was running during the heal may end either way.
            let isRight =
                at < healed - 3000 ? isDue : at > healed + destination.slack * 1000 ? isGood : isDue || isGood
            if !isRight { wrong["\(result)", default: []].append(row.integer("delivery_id") ?? 0) }
        }
        var breaches = wrong.sorted { $0.key < $1.key }.map { result, ids in
            Breach(.complete, "\(destination.name) came to \(result)", ids: ids)
        }
        if !isMet { breaches.append(Breach(.complete, "\(destination.name) was never met")) }
        return breaches
    }

    private func leftovers(of destination: HostileDestination, in deliveries: [Row]) -> [Breach] {
        let unfinished = deliveries.filter { row in
            let state = row.text("state")
            return state != "delivered" && !(state == "failed" && destination.due.outcome == .failed)
        }
        if unfinished.isEmpty { return [] }
        let states = Set(unfinished.compactMap { $0.text("state") }).sorted().joined(separator: ", ")
        let ids = unfinished.compactMap { $0.integer("id") }
        return [Breach(.heals, "\(destination.name) left deliveries \(states)", ids: ids)]
    }

    /// The stored result of an attempt.
    private struct Result: CustomStringConvertible {
        let outcome: String
        let code: String?
        let status: Int?

        init(_ row: Row) {
            outcome = row.text("outcome") ?? ""
            code = row.text("code")
            status = row.integer("status")
        }

        var isTimeout: Bool { outcome == "retry" && code == "timeout" }

        func fits(_ due: DueOutcome) -> Bool {
            if outcome == due.alternative?.rawValue { return true }
            let isRightCode = code.map(due.codes.map(\.rawValue).contains) ?? due.codes.isEmpty
            return outcome == due.outcome.rawValue && isRightCode && status == due.status
        }

        var description: String { "\(outcome) \(code ?? "without error"), status \(status.map { "\($0)" } ?? "none")" }
    }
}

extension DueOutcome {
    /// How many attempts are sure to be made while a destination misbehaves. Ten refusals in a row pause each of the
    /// two postbacks that every conversion fires (R13), and a destination that answers "busy" gets fewer and fewer
    /// requests.
    fileprivate var possibleTries: Int {
        switch (outcome, status) {
        case (.failed, _): 20
        case (_, 429), (_, 503): 12
        default: .max
        }
    }
}
