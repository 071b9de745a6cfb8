import JSON
import TestSupport

/// An offer `o` with goals `g1` and `g2`, and an affiliate `a`.
extension Installation {
    private static let goals: JSON = [["id": "g1", "name": "Install"], ["id": "g2", "name": "Deposit"]]

    static func withOffer(goalsEnabled: Bool = true, environment: [String: String] = [:]) throws -> Installation {
        let installation = try Installation.make(environment)
        let offer: JSON = ["goalsEnabled": .bool(goalsEnabled), "goals": goals]
        try installation.configure(offer: offer, affiliate: ["name": "Ada"])
        return installation
    }

    /// Makes another offer with the same goals.
    func configureOffer(_ id: String, goalsEnabled: Bool) throws {
        let offer: JSON = ["offerId": .string(id), "goalsEnabled": .bool(goalsEnabled), "goals": Self.goals]
        try ask("configureOffer", offer)
    }
}
