import FaultLedger
import HostileReceiver
import POSIX
import Postgres
import Synchronization
import TestSupport

/// The hostile destinations of one fault, and when they were healed.
final class HostileGround: Sendable {
    let receiver = HostileReceiver()
    let destinations: [HostileDestination]
    /// Milliseconds since 1970.
    private let healedAt = Mutex<Int64>(.max)

    /// What makes the destinations, behind a receiver.
    typealias Making = @Sendable (HostileReceiver, Scene) throws -> [HostileDestination]

    init(_ making: Making, on scene: Scene) throws {
        destinations = try making(receiver, scene)
        for destination in destinations {
            try scene.addFlow("hostile-\(destination.name)", to: [destination, destination], isHealthy: false)
        }
    }

    /// Waits until each was tried so many times, and heals all of them.
    func heal(afterTries count: Int, on scene: Scene) throws {
        let connection = try scene.connect()
        try waitUntil("\(count) attempts at each hostile destination", timeoutSeconds: scene.setup.patience) {
            let rows = try connection.run(
                "SELECT split_part(request ->> 'url', '/', 3) AS host, count(*) AS tries FROM attempts GROUP BY 1")
            let tries = Dictionary(rows.map { ($0.text("host") ?? "", $0.integer("tries") ?? 0) }) { $0 + $1 }
            return destinations.allSatisfy { tries[$0.authority, default: 0] >= count }
        }
        scene.pause(scene.effort.isShort ? 2 : 6)
        for destination in destinations { try destination.heal() }
        healedAt.withLock { $0 = Clock.unixMilliseconds }
        scene.countRound()
    }

    /// Compares every attempt and every delivery with what is due.
    func breaches(on scene: Scene) throws -> [Breach] {
        let healed = Int(healedAt.withLock { $0 })
        let connection = try scene.connect()
        let attempts = try connection.run(
            """
            SELECT delivery_id, outcome, error ->> 'code' AS code, (response ->> 'status')::int AS status,
                split_part(request ->> 'url', '/', 3) AS host, (extract(epoch FROM at) * 1000)::bigint AS at
            FROM attempts
            """)
        var breaches: [Breach] = []
        let states = try connection.run(
            "SELECT d.id, d.state, p.url FROM delivery_log d JOIN postbacks p ON p.id = d.postback_id")
        for destination in destinations {
            let own = attempts.filter { $0.text("host") == destination.authority }
            var wrong: [String: [Int]] = [:]
            for row in own {
                let result = Result(row)
                let at = row.integer("at") ?? 0
                let isDue = result.fits(destination.due), isGood = result.fits(.delivered())
                // One that was under way when it was healed may end either way.
                let isRight =
                    at < healed - 3000 ? isDue : at > healed + destination.slack * 1000 ? isGood : isDue || isGood
                if !isRight { wrong["\(result)", default: []].append(row.integer("delivery_id") ?? 0) }
            }
            for (result, ids) in wrong.sorted(by: { $0.key < $1.key }) {
                breaches.append(Breach(.complete, "\(destination.name) came to \(result)", ids: ids))
            }
            if !own.contains(where: { ($0.integer("at") ?? .max) < healed && Result($0).fits(destination.due) }) {
                breaches.append(Breach(.complete, "\(destination.name) was never met"))
            }
            let unfinished = states.filter { row in
                guard row.text("url")?.hasPrefix(destination.url) == true else { return false }
                let state = row.text("state")
                return state != "delivered" && !(state == "failed" && destination.due.outcome == .failed)
            }
            if !unfinished.isEmpty {
                let found = Set(unfinished.compactMap { $0.text("state") }).sorted().joined(separator: ", ")
                breaches.append(
                    Breach(
                        .heals, "\(destination.name) left deliveries \(found)",
                        ids: unfinished.compactMap { $0.integer("id") }))
            }
        }
        if scene.pollerLog.contains("upkeep of the database failed") {
            breaches.append(Breach(.recordedRequests, "the database refused to store what was answered"))
        }
        return breaches
    }

    /// What an attempt came to, as it is stored.
    private struct Result: CustomStringConvertible {
        let outcome: String
        let code: String?
        let status: Int?

        init(_ row: Row) {
            outcome = row.text("outcome") ?? ""
            code = row.text("code")
            status = row.integer("status")
        }

        func fits(_ due: DueOutcome) -> Bool {
            if outcome == due.alternative?.rawValue { return true }
            let isRightCode = code.map(due.codes.map(\.rawValue).contains) ?? due.codes.isEmpty
            return outcome == due.outcome.rawValue && isRightCode && status == due.status
        }

        var description: String { "\(outcome) \(code ?? "without error"), status \(status.map { "\($0)" } ?? "none")" }
    }
}
