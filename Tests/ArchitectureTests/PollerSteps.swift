import JSON
import Postbacks
import Postgres
import Store

typealias Lease = Outbox.Claim

/// What pollers do, one statement at a time. Here alone these tests call the outbox.
extension Stage {
    /// Whether a lease is on the delivery that is watched, or on a later one of the same conversion.
    func isWatched(_ lease: Lease) -> Bool { lease.conversion == conversion }

    /// Leases all that may start.
    /// - Parameters:
    ///   - hold: seconds that a later event of a conversion waits for an earlier one.
    ///   - schedule: the waits between attempts, in seconds.
    @discardableResult
    func claim(hold: Double = 600, schedule: String = "30,120") throws -> [Lease] {
        let shares = try connection.run("SELECT id FROM destinations ORDER BY id").map {
            Outbox.Share(destination: $0.integer("id") ?? 0, free: 100)
        }
        let schedule = try RetrySchedule(parsing: schedule)
        return Outbox.claims(
            try connection.transaction([
                Outbox.claim(shares, lease: 60, orderHold: hold, schedule: schedule)
            ])[0])
    }

    /// Stores an answer of deliverPostback to each of the leases, as if it had been sent.
    /// - Returns: how many changed nothing, because their leases were lost.
    @discardableResult
    func complete(_ leases: [Lease], _ output: JSON) throws -> Int {
        let lines = leases.map { (["id": .string($0.id), "output": output] as JSON).bytes }
        return Outbox.completion(try connection.transaction([Outbox.complete(lines, orderHold: 600)])[0]).fenced
    }

    func release(_ lease: Lease, after seconds: Double = 0) throws {
        try run([Outbox.release([Outbox.Release(lease, after: seconds)])])
    }

    /// Holds what the postbacks owe.
    func hold() throws { try run([Outbox.hold("{1,2}")]) }

    func pauseDying() throws { try run([Outbox.pauseDying("{1}")]) }

    func mend() throws { try run(Outbox.mend) }

    func renumber() throws { try run(Outbox.renumber([try delivery()])) }

    func deferUnreadable() throws { try run([Outbox.deferUnreadable([1])]) }

    private func run(_ calls: [Call]) throws { _ = try connection.transaction(calls) }
}
