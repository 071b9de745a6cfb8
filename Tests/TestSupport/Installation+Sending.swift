package import JSON
import Postgres

extension Installation {
    /// Makes an installation with an offer, an affiliate and one postback for each status, all to the same receiver.
    package static func sending(
        to url: String, on statuses: [String] = ["pending"], database: TestDatabase? = nil,
        environment: [String: String] = [:]
    ) throws -> Installation {
        let installation =
            try database.map { try Installation.make(on: $0, environment) } ?? Installation.make(environment)
        let postbacks = statuses.map { status -> JSON in
            [
                "conversionStatus": .string(status),
                "url": .string("\(url)/{transaction_id}/{status}?payout={payout}"),
            ]
        }
        try installation.configure(postbacks: postbacks)
        return installation
    }

    /// The input of recordConversion for offer `o` and affiliate `a`, changed by `members`.
    package static func conversion(_ members: JSON) -> JSON {
        (["offerId": "o", "affiliateId": "a"] as JSON).merging(members)
    }

    /// Records a conversion of offer `o` and affiliate `a`, and returns the answer.
    @discardableResult
    package func record(_ members: JSON) throws -> JSON {
        try ask("recordConversion", Installation.conversion(members))
    }

    /// Records one conversion for each transaction id, in the given order, and returns the answers.
    @discardableResult
    package func record(_ transactions: [String], _ members: JSON = [:]) throws -> [JSON] {
        let inputs = transactions.map { transaction in
            Installation.conversion(["transactionId": .string(transaction), "payout": "1.50"]).merging(members)
        }
        let answers = try ask("recordConversion", all: inputs)
        guard answers.allSatisfy({ $0["error"] == nil }) else { throw DidNotHappen(description: "\(answers)") }
        return answers
    }

    /// Changes the status of a conversion, and returns the answer.
    @discardableResult
    package func update(_ input: JSON) throws -> JSON { try ask("updateConversionStatus", input) }

    package func update(_ transaction: String, _ status: String) throws {
        try update(["offerId": "o", "transactionId": .string(transaction), "status": .string(status)])
    }

    /// The deliveries in the order of their ids.
    package func deliveries(_ filter: JSON = [:]) throws -> [JSON] {
        let listed = try ask("listDeliveries", (["limit": 1000] as JSON).merging(filter))["deliveries"]?.items ?? []
        return listed.sorted { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
    }

    /// Waits until at least `count` deliveries are in a state, and returns those in the state.
    @discardableResult
    package func wait(for count: Int = 1, in state: String) throws -> [JSON] {
        let connection = try database.connect()
        try waitUntil("\(count) × \(state)") {
            let rows = try connection.run("SELECT count(*) AS value FROM delivery_log WHERE state = \(state)")
            return (rows.first?.integer("value") ?? 0) >= count
        }
        return try deliveries().filter { $0["state"] == .string(state) }
    }
}

extension JSON {
    /// The outcomes of a delivery's attempts.
    package var outcomes: [String] { (self["attempts"]?.items ?? []).compactMap { $0["outcome"]?.text } }
}
