/// The invariants that hold after every fault.
package enum Invariant: String, Sendable, CaseIterable {
    case complete = "I1"
    case recordedRequests = "I2"
    case sameRequest = "I3"
    case boundedRepeats = "I4"
    case fenced = "I5"
    case oneOutcome = "I6"
    case attemptLimit = "I7"
    case healthyLatency = "I8"
    case heals = "I9"
    case inOrder = "I10"
    case counted = "I11"

    package var sentence: String {
        switch self {
        case .complete: "recorded = delivered + owed + held + failed + dead + skipped + cancelled, no row missing"
        case .recordedRequests: "every request that a receiver saw has an attempt, or an unknown one"
        case .sameRequest: "the same delivery id and request on every retry"
        case .boundedRepeats: "repeats at most kills and lost leases times what was in flight"
        case .fenced: "a late answer of a lost lease changes nothing"
        case .oneOutcome: "one outcome per attempt"
        case .attemptLimit: "attempts within the limit"
        case .healthyLatency: "the p99 of healthy destinations within its bound"
        case .heals: "it heals alone"
        case .inOrder: "events of one conversion come to one destination in their sequence"
        case .counted: "the statistics count every attempt once"
        }
    }
}

/// An invariant that did not hold.
package struct Breach: Error, Sendable, CustomStringConvertible {
    package let invariant: Invariant
    /// The fault without the ids.
    package let what: String
    /// The ids of deliveries, or of conversions if `what` says so.
    package let ids: [Int]

    package init(_ invariant: Invariant, _ what: String, ids: [Int] = []) {
        self.invariant = invariant
        self.what = what
        self.ids = ids.sorted()
    }

    package var description: String {
        var text = "\(invariant.rawValue) is broken (\(invariant.sentence)): \(what)"
        if !ids.isEmpty {
            let some = ids.prefix(20).map(String.init).joined(separator: ", ")
            text += ": \(some)\(ids.count > 20 ? " and \(ids.count - 20) more" : "")"
        }
        return text
    }
}
