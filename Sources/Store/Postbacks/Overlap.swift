import Postbacks
import Postgres

/// Other active postbacks that fire on the same events as one.
struct Overlap {
    /// The first of them, for people.
    private let ids: String
    /// How many there are besides, as far as they were counted.
    private let others: Int
    private let isCountedToTheEnd: Bool
    private let goalsIgnored: Bool

    /// `find_overlapping_postbacks` looks up no more than one above this.
    private static let countLimit = 100

    /// Reads a row of what `find_overlapping_postbacks` answers; nil when there is none.
    init?(_ row: Row?) {
        guard let ids = row?.text("ids"), let count = row?.integer("count"), let row else { return nil }
        self.ids = ids
        others = count - ids.split(separator: ",").count
        isCountedToTheEnd = count <= Overlap.countLimit
        goalsIgnored = row.bool("goals_ignored") == true
    }

    var warning: PostbackWarning {
        let more = others > 0 ? " and \(isCountedToTheEnd ? "" : "at least ")\(others) more" : ""
        return PostbackWarning(
            .overlap,
            "other active postbacks fire on the same events too: \(ids)\(more)"
                + (goalsIgnored ? "; the offer's goals are off, so that goals do not tell them apart" : ""))
    }
}

extension Call {
    /// Asks for what overlaps stored postbacks. A postback that overlaps with no other has no row.
    static func overlaps(ofPostbacks ids: [Int]) -> Call {
        Call(.findOverlappingPostbacks, [.integers(ids), .null, .null, .null, .null])
    }

    /// Of one that is not.
    static func overlap(of new: NewPostback) -> Call {
        Call(
            .findOverlappingPostbacks,
            [
                .null, .optional(new.offerID), .optional(new.affiliateID), .optional(new.goalID),
                .text(new.conversionStatus.rawValue),
            ])
    }
}
