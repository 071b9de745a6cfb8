import Postbacks

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

    /// - Parameters:
    ///   - ids: the first of them, separated by commas.
    ///   - count: how many there are.
    ///   - goalsIgnored: whether some differ by their goals alone, while the offer's goals are off.
    init(ids: String, count: Int, goalsIgnored: Bool) {
        self.ids = ids
        others = count - ids.split(separator: ",").count
        isCountedToTheEnd = count <= Overlap.countLimit
        self.goalsIgnored = goalsIgnored
    }

    var warning: PostbackWarning {
        let more = others > 0 ? " and \(isCountedToTheEnd ? "" : "at least ")\(others) more" : ""
        return PostbackWarning(
            .overlap,
            "other active postbacks fire on the same events too: \(ids)\(more)"
                + (goalsIgnored ? "; the offer's goals are off, so that goals do not tell them apart" : ""))
    }
}
