/// A figure beside its limit or peer of the same run.
package struct Figure: Sendable, Equatable {
    /// The limit or peer that our figure is compared with.
    package struct Limit: Sendable, Equatable {
        package let name: String
        package let measure: Measure

        package init(_ name: String, _ measure: Measure) {
            self.name = name
            self.measure = measure
        }
    }

    package let name: String
    package let ours: Measure
    package let limit: Limit?
    package let aim: Aim?

    package init(_ name: String, _ ours: Measure, limit: Limit? = nil, aim: Aim? = nil) {
        self.name = name
        self.ours = ours
        self.limit = limit
        self.aim = aim
    }

    /// Our median divided by the limit's; nil without a limit, or if that is 0 or was not measured.
    package var ratio: Double? {
        guard let limit, limit.measure.median > 0, ours.median.isFinite else { return nil }
        return ours.median / limit.measure.median
    }

    /// Nil without an aim.
    package var isMet: Bool? { aim.map { $0.isMet(by: ours, ratio: ratio) } }
}

/// One line of the table.
package enum Entry: Sendable, Equatable {
    case figure(Figure)
    /// The measurement failed, or its ledger did not balance, so its figures count for nothing.
    case void(String, reason: String)
    /// The measurement was not made.
    case skipped(String, reason: String)
}
