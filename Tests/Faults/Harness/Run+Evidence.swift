import FaultLedger
import Glibc
import Postgres
import System
import TestSupport

/// Prints evidence when an invariant did not hold.
extension Run {
    /// Prints each breach, and for the first affected deliveries what the database and the receivers know of them.
    func explain(_ verdict: Verdict, on scene: Scene) {
        guard case .broken(let breaches) = verdict else { return }
        for breach in breaches { say("  \(breach)") }
        guard let connection = try? scene.database.connect() else { return }
        let sightings = Dictionary(grouping: scene.network.sightings, by: \.delivery)
        for id in Set(breaches.flatMap { $0.ids.prefix(3) }).sorted().prefix(12) {
            let rows =
                (try? connection.run(
                    """
                    SELECT string_agg(format('%s/%s %s at %s', lease_no, attempt, outcome, at::time), ', '
                        ORDER BY lease_no) AS attempts,
                        (SELECT state || ', owed ' || owed_at::time FROM delivery_log WHERE id = \(id)::bigint) AS state
                    FROM attempts WHERE delivery_id = \(id)::bigint
                    """)).flatMap { $0.first }
            let seen = sightings[id, default: []].map { "attempt \($0.attempt) at \($0.at % 86_400_000) ms of the day" }
            say("  \(id): \(rows?.text("state") ?? "not there"); attempts \(rows?.text("attempts") ?? "none")")
            say("    seen: \(seen.isEmpty ? "never" : seen.joined(separator: ", "))")
        }
        keepLogs(of: scene)
    }

    /// Prints the end of every log, because the folder is removed.
    func keepLogs(of scene: Scene) {
        for name in FileSystem.names(in: scene.folder.path) where name.hasSuffix(".log") {
            let bytes = (try? FileSystem.read("\(scene.folder.path)/\(name)")) ?? []
            say("  --- the end of \(name)")
            say(String(decoding: bytes.suffix(3000), as: UTF8.self))
        }
    }
}
