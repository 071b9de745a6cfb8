import Domain
import JSON
import Postgres
import Store
import TestSupport

/// The steps of a poller, which a test makes one at a time.
extension Installation {
    /// Leases what may start at once, in the order in which it starts.
    func claim(_ limit: Int = 1000) throws -> [Outbox.Claim] {
        let connection = try database.connect()
        let shares = try connection.run("SELECT id FROM destinations ORDER BY id").map {
            Outbox.Share(destination: $0.integer("id") ?? 0, free: limit, floor: nil)
        }
        return try connection.run(
            ClaimDeliveries(shares, lease: .seconds(60), orderHold: .seconds(600), schedule: .standard)
        ).claims
    }

    /// Sends the claimed deliveries, and stores the answers.
    @discardableResult
    func deliver(_ claims: [Outbox.Claim]) throws -> [JSON] {
        let answers = try stream("deliverPostback", claims.map { String(decoding: $0.line, as: UTF8.self) })
        try store(answers)
        return answers.compactMap { $0["output"] }
    }

    /// Stores an answer for the claimed deliveries, as if they had been sent.
    func settle(_ claims: [Outbox.Claim], _ output: JSON) throws {
        try store(claims.map { ["id": .string($0.id), "output": output] })
    }

    private func store(_ answers: [JSON]) throws {
        let connection = try database.connect()
        let completion = try connection.run(
            CompleteDeliveries(lines: answers.map(\.bytes), orderHold: .seconds(600), schedule: .standard))
        if !completion.pausedPostbacks.isEmpty { try connection.run(HoldPostbacks(completion.pausedPostbacks)) }
    }

    /// Runs the statements that a poller runs every few seconds.
    func repair() throws { _ = try database.connect().transaction([CancelDeliveries().call, RepairOutbox().call]) }

    /// Lets every lease run out.
    func expireLeases() throws {
        _ = try database.connect().run(
            "UPDATE outbox SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL")
    }

    /// The deliveries' states, by their ids.
    func states(_ filter: JSON = [:]) throws -> [String] { try deliveries(filter).compactMap { $0["state"]?.text } }

    /// A postback as it is listed.
    func postback(_ id: Int) throws -> JSON {
        try ask("listPostbacks", ["postbackId": .integer(id)]).at("postbacks.0") ?? .null
    }
}
