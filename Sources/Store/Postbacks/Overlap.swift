import Domain

/// Other active postbacks that fire on the same events as one.
struct Overlap {
    /// The first of them as a list for people.
    private let ids: String
    /// The number of the others, as far as they were counted.
    private let others: Int
    private let isCountedToTheEnd: Bool
    private let goalsIgnored: Bool

    /// `find_overlapping_postbacks` looks up at most one more than this.
    private static let countLimit = 100

    /// - Parameters:
    ///   - ids: the first of them, separated by commas.
    ///   - count: the number of all of them.
    ///   - goalsIgnored: whether some differ only by their goal, while the offer's goals are off.
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
                + (goalsIgnored ? "; the offer's goals are off, so goals make no difference" : ""))
    }
}
