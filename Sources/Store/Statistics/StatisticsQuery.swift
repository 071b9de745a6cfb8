import Domain
package import Input
import System

/// The input of `deliveryStatistics`: a period, the unit of its points, and the conditions on the attempts.
package struct StatisticsQuery: Sendable {
    package let unit: StatisticsUnit
    package let grouping: StatisticsGrouping?
    /// The beginning of the first unit, in seconds since 1970.
    package let since: Int64
    /// The end of the last unit, in seconds since 1970.
    package let until: Int64
    package let postbackID: Int?
    /// The origins of the receivers; an attempt to any of them counts.
    package let destinations: [String]?
    package let affiliateID: String?
    package let offerID: String?
    package let outcome: StatisticsOutcome?
    /// The maximum number of series.
    package let limit: Int

    /// The maximum number of points of one series.
    private static let unitLimit: Int64 = 1500
    /// The maximum number of points of all series, unless there is only one.
    private static let pointLimit: Int64 = 10_000

    package init(_ fields: inout Fields) {
        let since = fields.required("since", .timestamp, "The answer begins with the unit that contains this time.")
        let until = fields.optional(
            "until", .timestamp, "The answer ends with the unit before this time. Without it: now.")
        let unit = fields.required(
            "bucket", .statisticsUnit,
            "The length of time of one point, in UTC. Minutes are kept for 3 days, hours for 92 days, days for good.")
        grouping = fields.optional(
            "by", .statisticsGrouping, "What has a series of its own. Without it there is one series.")
        postbackID = fields.optional("postbackId", .assignedID)
        destinations = fields.optional("destination", .origins)
        affiliateID = fields.optional(
            "affiliateId", .identifier, "The affiliate of the postbacks. Those for every affiliate have \"*\".")
        offerID = fields.optional(
            "offerId", .identifier, "The offer of the postbacks. Those for every offer have \"*\".")
        outcome = fields.optional(
            "outcome", .statisticsOutcome,
            "What the attempts led to; dead is the last attempt of a delivery that is dead.")
        let limit = fields.optional(
            "limit", .integer(1...100),
            "The maximum number of series, of which those with the most attempts are shown; 20 if that gives no more than 10000 points."
        )

        let now = Timestamp(milliseconds: WallClock.unixMilliseconds)
        let first = unit.start(of: since)
        let end = until ?? now
        let last = unit.start(of: Timestamp(milliseconds: end.milliseconds - 1)) + unit.seconds
        self.unit = unit
        self.since = first
        self.until = last
        let units = (last - first) / unit.seconds
        self.limit = limit ?? Int(max(1, min(20, StatisticsQuery.pointLimit / max(1, units))))

        guard fields.faults.isEmpty else { return }
        if units < 1 {
            fields.refuse("since", "must be before \(until.map { "until, \($0)" } ?? "now")")
        } else if units > StatisticsQuery.unitLimit {
            fields.refuse(
                "bucket",
                "makes \(units) points of this period, and at most \(StatisticsQuery.unitLimit) are counted at once; ask for a shorter period or a longer bucket"
            )
        } else if let limit, grouping != nil, units * Int64(limit) > max(StatisticsQuery.pointLimit, units) {
            fields.refuse(
                "limit",
                "makes more than \(StatisticsQuery.pointLimit) points (\(units) in each series); at most \(max(1, StatisticsQuery.pointLimit / units)) series fit"
            )
        }
        if let days = unit.keptDays, since.milliseconds < now.milliseconds - Int64(days) * 86_400_000 {
            let wider = unit == .minute ? "hour" : "day"
            fields.refuse(
                "since",
                "must be within the last \(days) days for the bucket \"\(unit.rawValue)\"; the bucket \"\(wider)\" goes back further"
            )
        }
    }
}
