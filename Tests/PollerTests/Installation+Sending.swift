import JSON
import Postgres
import TestSupport

extension Installation {
    /// An offer, an affiliate, and postbacks on each status, all to one receiver.
    static func sending(
        to url: String, on statuses: [String] = ["pending"], database: TestDatabase? = nil,
        environment: [String: String] = [:]
    ) throws -> Installation {
        let installation =
            try database.map { try Installation.make(on: $0, environment) } ?? Installation.make(environment)
        try installation.ask("configureOffer", ["offerId": "o"])
        try installation.ask("configureAffiliate", ["affiliateId": "a"])
        for status in statuses {
            try installation.ask(
                "createPostback",
                [
                    "offerId": "o", "affiliateId": "a", "conversionStatus": .string(status), "httpType": "GET",
                    "url": .string("\(url)/{transaction_id}/{status}?payout={payout}"),
                ])
        }
        return installation
    }

    func record(_ transactions: [String]) throws {
        let inputs = transactions.map {
            ["offerId": "o", "affiliateId": "a", "transactionId": .string($0), "payout": "1.50"] as JSON
        }
        let answers = try ask("recordConversion", all: inputs)
        guard answers.allSatisfy({ $0["error"] == nil }) else { throw DidNotHappen(description: "\(answers)") }
    }

    func update(_ transaction: String, _ status: String) throws {
        try ask(
            "updateConversionStatus",
            ["offerId": "o", "transactionId": .string(transaction), "status": .string(status)])
    }

    /// The deliveries, by their ids.
    func deliveries() throws -> [JSON] { try ask("listDeliveries", ["limit": 1000])["deliveries"]?.items ?? [] }

    /// Waits until so many deliveries are in a state.
    @discardableResult
    func wait(for count: Int = 1, in state: String) throws -> [JSON] {
        let connection = try database.connect()
        try waitUntil("\(count) × \(state)") {
            let rows = try connection.run("SELECT count(*) AS value FROM delivery_log WHERE state = \(state)")
            return (rows.first?.integer("value") ?? 0) >= count
        }
        return try deliveries().filter { $0["state"] == .string(state) }
    }
}

extension JSON {
    /// Of a delivery: how its attempts ended.
    var outcomes: [String] { (self["attempts"]?.items ?? []).compactMap { $0["outcome"]?.text } }
}
