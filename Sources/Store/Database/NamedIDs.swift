import FunctionRuntime
import Input
import JSON
import Postgres

/// The ids in a list's filter, each of which must exist: a list that is empty because of a mistyped id fails instead.
struct NamedIDs {
    var offer: String?
    var affiliate: String?
    var postback: Int?
    var conversion: Int?
    var delivery: Int?
    /// The origins of one destination, of which one must exist.
    var destinations: [String]?

    private var isEmpty: Bool {
        offer == nil && affiliate == nil && postback == nil && conversion == nil && delivery == nil
            && destinations == nil
    }

    /// - Throws: `not_found` with all ids that do not exist.
    func require(in database: Database, at path: Path = .root) throws(FunctionError) {
        if isEmpty { return }
        let unknown = try database.run(FindUnknown(ids: self))
        var faults: [Fault] = []
        func check<ID>(_ id: ID?, _ isUnknown: Bool, _ record: (ID) -> UnknownRecord) {
            if let id, isUnknown { faults.append(record(id).fault(at: path)) }
        }
        check(offer, unknown.offer, UnknownRecord.offer)
        check(affiliate, unknown.affiliate, UnknownRecord.affiliate)
        check(postback, unknown.postback, UnknownRecord.postback)
        check(conversion, unknown.conversion, UnknownRecord.conversion)
        check(delivery, unknown.delivery, UnknownRecord.delivery)
        check(destinations, unknown.destination, UnknownRecord.destination)
        guard faults.isEmpty else { throw .notFound(faults) }
    }
}

/// Tells which of the given ids do not exist. An id that is not given is not unknown.
struct FindUnknown: StoredCall {
    let ids: NamedIDs

    struct Answer {
        let offer: Bool
        let affiliate: Bool
        let postback: Bool
        let conversion: Bool
        let delivery: Bool
        let destination: Bool
    }

    static let statement = Statement(name: "find_unknown", bytes: PackageResources.find_unknown_sql)

    var arguments: Arguments {
        [
            "offer_id": .optional(ids.offer), "affiliate_id": .optional(ids.affiliate),
            "postback_id": .optional(ids.postback), "conversion_id": .optional(ids.conversion),
            "delivery_id": .optional(ids.delivery), "origins": ids.destinations.map { .array($0) } ?? .null,
        ]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        let row = try rows.single()
        return Answer(
            offer: try row.required("offer"), affiliate: try row.required("affiliate"),
            postback: try row.required("postback"), conversion: try row.required("conversion"),
            delivery: try row.required("delivery"), destination: try row.required("destination"))
    }
}
