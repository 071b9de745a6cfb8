import Domain
import Postgres

/// Finds other active postbacks that fire on the same events as the given ones.
struct FindOverlappingPostbacks: StoredCall {
    enum Subject {
        /// Postbacks that are stored.
        case stored([Int])
        /// A postback that is not stored.
        case new(NewPostback)
    }

    let subject: Subject

    struct Answer {
        /// The overlaps of stored postbacks, by their ids. A postback without an overlap has no entry.
        fileprivate(set) var ofStored: [Int: Overlap] = [:]
        /// The overlap of the new postback.
        fileprivate(set) var ofNew: Overlap?
    }

    static let statement = Statement(
        name: "find_overlapping_postbacks", bytes: PackageResources.find_overlapping_postbacks_sql)

    var arguments: Arguments {
        switch subject {
        case .stored(let ids):
            [
                "postback_ids": .integers(ids), "offer_id": .null, "affiliate_id": .null, "goal_id": .null,
                "conversion_status": .null,
            ]
        case .new(let new):
            [
                "postback_ids": .null, "offer_id": .optional(new.offerID), "affiliate_id": .optional(new.affiliateID),
                "goal_id": .optional(new.goalID), "conversion_status": .text(new.conversionStatus.rawValue),
            ]
        }
    }

    func answer(_ rows: Rows) throws(PostgresError) -> Answer {
        var answer = Answer()
        for row in rows {
            let overlap = Overlap(
                ids: try row.required("ids"), count: try row.required("count"),
                goalsIgnored: try row.required("goals_ignored"))
            if let id: Int = try row.optional("asked_id") {
                answer.ofStored[id] = overlap
            } else {
                answer.ofNew = overlap
            }
        }
        return answer
    }
}
