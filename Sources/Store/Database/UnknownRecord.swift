package import Input
package import JSON

/// A record that the input names and that does not exist, for the message of its field.
package enum UnknownRecord {
    case offer(String), affiliate(String), postback(Int), conversion(Int), delivery(Int)
    /// The origins of a destination to which no postback has led.
    case destination([String])

    /// `path` is the place of the object that has the field.
    package func fault(at path: Path = .root) -> Fault { Fault(path.member(field), message) }

    private var field: String {
        switch self {
        case .offer: "offerId"
        case .affiliate: "affiliateId"
        case .postback: "postbackId"
        case .conversion: "conversionId"
        case .delivery: "deliveryId"
        case .destination: "destination"
        }
    }

    private var message: String {
        switch self {
        case .offer(let id): "there is no offer \"\(id)\"; listOffers shows them"
        case .affiliate(let id): "there is no affiliate \"\(id)\"; listAffiliates shows them"
        case .postback(let id): "there is no postback \(id); listPostbacks shows them"
        case .conversion(let id): "there is no conversion \(id)"
        case .delivery(let id): "there is no delivery \(id)"
        case .destination(let origins):
            "no postback has led to \(origins.joined(separator: " or ")); listDestinations shows them"
        }
    }
}
