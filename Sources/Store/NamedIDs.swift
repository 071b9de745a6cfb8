import FunctionRuntime
import JSON
import Postgres

/// The ids by which a list is filtered, of which each must be somebody's: a list that is empty because of a typing error says so.
struct NamedIDs {
    var offer: String?
    var affiliate: String?
    var postback: Int?
    var conversion: Int?
    var delivery: Int?

    /// - Throws: `not_found` with all of them that are nobody's.
    func require(in database: Database, at path: Path = .root) throws(FunctionError) {
        guard offer != nil || affiliate != nil || postback != nil || conversion != nil || delivery != nil else {
            return
        }
        let row = try database.run(
            .findUnknown,
            [
                .optional(offer), .optional(affiliate), .optional(postback), .optional(conversion), .optional(delivery),
            ]
        ).first
        let candidates = [
            ("offer", "offerId", "there is no offer \"\(offer ?? "")\"; listOffers shows them"),
            ("affiliate", "affiliateId", "there is no affiliate \"\(affiliate ?? "")\"; listAffiliates shows them"),
            ("postback", "postbackId", "there is no postback \(postback ?? 0); listPostbacks shows them"),
            ("conversion", "conversionId", "there is no conversion \(conversion ?? 0)"),
            ("delivery", "deliveryId", "there is no delivery \(delivery ?? 0)"),
        ]
        let faults = candidates.filter { row?.bool($0.0) == true }.map { Fault(path.member($0.1), $0.2) }
        guard faults.isEmpty else { throw .notFound(faults) }
    }
}
