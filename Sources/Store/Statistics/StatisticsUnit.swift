import Domain
import Input

/// The length of time for which attempts are counted together.
package enum StatisticsUnit: String, CaseIterable, Sendable {
    case minute, hour, day

    var seconds: Int64 {
        switch self {
        case .minute: 60
        case .hour: 3600
        case .day: 86400
        }
    }

    /// The number of days for which counts of this unit are kept; nil if they are kept for good.
    var keptDays: Int? {
        switch self {
        case .minute: 3
        case .hour: 92
        case .day: nil
        }
    }

    /// The beginning, in UTC, of the unit that contains the time, in seconds since 1970.
    func start(of time: Timestamp) -> Int64 {
        let seconds = time.unixSeconds
        return seconds - (seconds % self.seconds + self.seconds) % self.seconds
    }
}

extension Rule<StatisticsUnit> {
    static var statisticsUnit: Rule { oneOf(StatisticsUnit.self, placeholder: .hour) }
}

/// The kind of thing that has a series of its own in an answer.
package enum StatisticsGrouping: String, CaseIterable, Sendable {
    case postback, destination, affiliate, offer, outcome
}

extension Rule<StatisticsGrouping> {
    static var statisticsGrouping: Rule { oneOf(StatisticsGrouping.self, placeholder: .postback) }
}

/// The outcome of an attempt, as the statistics count it.
package enum StatisticsOutcome: String, CaseIterable, Sendable {
    /// The receiver accepted it.
    case delivered
    /// It is to be repeated.
    case retry
    /// The receiver refused it for good.
    case failed
    /// It was to be repeated, and was the last one that the schedule allows.
    case dead
    /// Nothing was sent, by the postback's settings or by the order of events.
    case skipped
    /// It is not known whether it was sent.
    case unknown
}

extension Rule<StatisticsOutcome> {
    static var statisticsOutcome: Rule { oneOf(StatisticsOutcome.self, placeholder: .delivered) }
}
