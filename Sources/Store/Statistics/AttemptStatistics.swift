import Domain
package import FunctionRuntime
import Input
package import JSON

/// Answers how many attempts were made in a period, their outcomes, and how long they took. It reads only counts, which
/// were made when the attempts were stored.
package struct AttemptStatistics {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// - Throws: `not_found` if nothing was counted and an id in the query does not exist.
    package func count(_ query: StatisticsQuery) throws(FunctionError) -> JSON {
        let counts = try database.run(CountAttempts(query: query), planned: .anew)
        if counts.isEmpty {
            func id(_ text: String?) -> String? { text == NewPostback.all ? nil : text }
            try NamedIDs(offer: id(query.offerID), affiliate: id(query.affiliateID), postback: query.postbackID)
                .require(in: database)
        }
        var series: [Series] = []
        for count in counts {
            if series.last?.key != count.key { series.append(Series(key: count.key)) }
            series[series.count - 1].add(count)
        }
        if series.isEmpty, query.grouping == nil { series = [Series(key: "")] }
        let others = (counts.first?.seriesCount ?? series.count) - series.count
        return [
            "since": time(query.since), "until": time(query.until), "bucket": .string(query.unit.rawValue),
            "by": .optional(query.grouping?.rawValue), "series": .array(series.map { $0.json(query) }),
            "otherSeries": .integer(others),
        ]
    }

    /// The schema of the answer.
    package static var schema: JSON {
        let outcomes = Schema.object([
            "delivered": Schema.integer, "retry": Schema.integer, "failed": Schema.integer, "dead": Schema.integer,
            "skipped": Schema.integer, "unknown": Schema.integer,
        ])
        let integerOrNull = Schema.integer.orNull
        let figures: [JSON.Member] = [
            JSON.Member("attempts", Schema.integer), JSON.Member("outcomes", outcomes),
            JSON.Member("averageMs", integerOrNull), JSON.Member("p50Ms", integerOrNull),
            JSON.Member("p95Ms", integerOrNull), JSON.Member("p99Ms", integerOrNull),
        ]
        func object(_ members: [JSON.Member]) -> JSON {
            [
                "type": "object", "properties": .object(members),
                "required": .array(members.map { .string($0.name) }),
            ]
        }
        return Schema.object([
            "since": Schema.time, "until": Schema.time,
            "bucket": Schema.oneOf(StatisticsUnit.allCases.map(\.rawValue)),
            "by": Schema.textOrNull,
            "series": Schema.list(
                Schema.object([
                    "key": ["type": ["string", "integer", "null"]], "total": object(figures),
                    "points": Schema.list(object([JSON.Member("at", Schema.time)] + figures)),
                ])),
            "otherSeries": Schema.integer,
        ])
    }
}

/// The time of a number of seconds since 1970.
private func time(_ seconds: Int64) -> JSON { .string(Timestamp(milliseconds: seconds * 1000).description) }

/// The counts of one key.
private struct Series {
    let key: String
    private var total = Figures()
    private var points: [Int64: Figures] = [:]

    init(key: String) { self.key = key }

    mutating func add(_ count: CountAttempts.Count) {
        total.add(count)
        points[count.since, default: Figures()].add(count)
    }

    /// The series with a point for each unit of the period, also for those without attempts.
    func json(_ query: StatisticsQuery) -> JSON {
        let starts = stride(from: query.since, to: query.until, by: Int64.Stride(query.unit.seconds))
        return [
            "key": key(query.grouping), "total": .object(total.members),
            "points": .array(
                starts.map { start in
                    .object([JSON.Member("at", time(start))] + (points[start] ?? Figures()).members)
                }),
        ]
    }

    private func key(_ grouping: StatisticsGrouping?) -> JSON {
        switch grouping {
        case nil: .null
        case .postback: .number(key)
        case .destination, .affiliate, .offer, .outcome: .string(key)
        }
    }
}

/// The counts of a point or a series.
private struct Figures {
    private var attempts = 0
    private var outcomes: [StatisticsOutcome: Int] = [:]
    private var durations = DurationCounts()

    mutating func add(_ count: CountAttempts.Count) {
        attempts += count.attempts
        outcomes[count.outcome, default: 0] += count.attempts
        durations.add(count.durations)
    }

    var members: [JSON.Member] {
        func optional(_ number: Int?) -> JSON { number.map { JSON.integer($0) } ?? .null }
        return [
            JSON.Member("attempts", .integer(attempts)),
            JSON.Member(
                "outcomes",
                .object(
                    StatisticsOutcome.allCases.map { JSON.Member($0.rawValue, .integer(outcomes[$0] ?? 0)) })),
            JSON.Member("averageMs", optional(durations.average)),
            JSON.Member("p50Ms", optional(durations.percentile(50))),
            JSON.Member("p95Ms", optional(durations.percentile(95))),
            JSON.Member("p99Ms", optional(durations.percentile(99))),
        ]
    }
}
