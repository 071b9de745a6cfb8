import Domain
import JSON
import Postgres
import Store
import TestSupport

typealias Lease = Outbox.Claim

/// The steps of a poller, one statement at a time. In these tests only this file uses `Outbox`.
extension Stage {
    /// The lease of the watched delivery, or of a later one of the same conversion.
    func isWatched(_ lease: Lease) -> Bool { lease.conversion == conversion }

    /// Leases all that may start. A later event of a conversion waits at most `hold` for an earlier one.
    /// `schedule` contains the waits between attempts, in seconds.
    @discardableResult
    func claim(hold: Duration = .seconds(600), schedule: String = "30,120") throws -> [Lease] {
        let shares = try connection.run("SELECT id FROM destinations ORDER BY id").map {
            Outbox.Share(destination: $0.integer("id") ?? 0, free: 100)
        }
        let schedule = try RetrySchedule(parsing: schedule)
        return try connection.run(ClaimDeliveries(shares, lease: .seconds(60), orderHold: hold, schedule: schedule))
            .claims
    }

    /// Stores an answer of deliverPostback for each of the leases, as if the request had been sent.
    /// - Returns: how many changed nothing, because their leases were lost.
    @discardableResult
    func complete(_ leases: [Lease], _ output: JSON) throws -> Int {
        let lines = leases.map { (["id": .string($0.id), "output": output] as JSON).bytes }
        return try connection.run(CompleteDeliveries(lines: lines, orderHold: .seconds(600), schedule: .standard))
            .fenced
    }

    func release(_ lease: Lease, after wait: Duration = .zero) throws {
        try connection.run(ReleaseDeliveries([Outbox.Release(lease, after: wait)]))
    }

    /// Holds what the postbacks owe.
    func hold() throws { try connection.run(HoldPostbacks([1, 2])) }

    func pauseDying() throws { _ = try connection.run(PauseDyingPostbacks([1])) }

    func repair() throws { try run([CancelDeliveries().call, RepairOutbox().call]) }

    func renumber() throws { try run([RepairSequences().call, RenumberDeliveries([try delivery()]).call]) }

    func deferUnreadable() throws { _ = try connection.run(DeferUnreadable([1])) }

    private func run(_ calls: [Call]) throws { _ = try connection.transaction(calls) }
}
