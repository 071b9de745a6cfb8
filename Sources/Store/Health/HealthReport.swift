import Domain
package import FunctionRuntime
import Input
package import JSON
import Postgres
import System

/// Answers in one call whether everything is sent, which pollers send it, and what prevents the rest from being sent.
package struct HealthReport {
    private let database: Database

    /// The maximum of rows in a list.
    private static let listLimit = 100
    /// The number up to which deliveries in the outbox are counted.
    private static let owedLimit = 100_000
    /// The number up to which the deliveries of one paused postback are counted.
    private static let heldLimit = 10_000
    private static let minutes = 10

    package init(_ database: Database) {
        self.database = database
    }

    package func report() throws(FunctionError) -> JSON {
        var trip = RoundTrip()
        trip.begin(planned: .automatic)
        let owed = trip.append(CountOwed(limit: HealthReport.owedLimit))
        let backlog = trip.append(MeasureBacklog(countLimit: HealthReport.owedLimit + 1))
        let minutes = trip.append(CountMinutes(minutes: HealthReport.minutes))
        let pollers = trip.append(ListPollers())
        let blocked = trip.append(ListBlocked(limit: HealthReport.listLimit))
        let paced = trip.append(ListPaced(limit: HealthReport.listLimit))
        let paused = trip.append(ListPaused(limit: HealthReport.listLimit, heldLimit: HealthReport.heldLimit))
        let answers = try database.run(trip)
        let counts = try answers.answer(owed)
        let measured = try answers.answer(backlog)
        let destinations = try answers.answer(blocked)
        let limited = try answers.answer(paced)
        let postbacks = try answers.answer(paused)
        return [
            "at": .string(WallClock.rfc3339),
            "owed": .object(
                CountOwed.State.allCases.map { state in
                    JSON.Member(state.rawValue, .integer(counts.first { $0.state == state }?.count ?? 0))
                } + [JSON.Member("isExact", .bool(measured.owed <= HealthReport.owedLimit))]),
            "oldestDueSeconds": optional(measured.oldestDueSeconds),
            "minutes": .array(try answers.answer(minutes).map(json)),
            "pollers": .array(try answers.answer(pollers).prefix(HealthReport.listLimit).map(json)),
            "blocked": .array(destinations.first.map(json)), "blockedCount": .integer(destinations.count),
            "paced": .array(
                limited.first.map { ["destination": .string($0.origin), "maxInFlight": .integer($0.maxInFlight)] }),
            "pacedCount": .integer(limited.count),
            "paused": .array(postbacks.first.map(json)), "pausedCount": .integer(postbacks.count),
        ]
    }

    private func optional(_ number: Int?) -> JSON { number.map { JSON.integer($0) } ?? .null }

    private func json(_ minute: CountMinutes.Minute) -> JSON {
        .object(
            [JSON.Member("at", .string(minute.since)), JSON.Member("attempts", .integer(minute.attempts))]
                + StatisticsOutcome.allCases.map {
                    JSON.Member($0.rawValue, .integer(minute.outcomes[$0] ?? 0))
                } + [JSON.Member("averageMs", optional(minute.averageMilliseconds))])
    }

    private func json(_ poller: ListPollers.Poller) -> JSON {
        let counts = poller.counts
        return [
            "id": .string(poller.id), "host": .optional(poller.host), "version": .string(poller.version),
            "startedAt": .string(poller.startedAt), "seenAt": .string(poller.seenAt),
            "secondsAgo": .integer(poller.seconds), "isAlive": .bool(poller.isAlive),
            "problem": .optional(poller.problem), "inFlight": optional(counts?.inFlight),
            "claimed": optional(counts?.claimed), "delivered": optional(counts?.delivered),
            "retried": optional(counts?.retried), "failed": optional(counts?.failed), "dead": optional(counts?.dead),
            "skipped": optional(counts?.skipped), "fenced": optional(counts?.fenced),
        ]
    }

    private func json(_ destination: ListBlocked.Destination) -> JSON {
        [
            "destination": .string(destination.origin), "blockedUntil": .optional(destination.until),
            "failingSince": .optional(destination.since), "failures": .integer(destination.failures),
        ]
    }

    private func json(_ postback: ListPaused.Postback) -> JSON {
        [
            "postbackId": .integer(postback.id), "offerId": .string(postback.offer ?? NewPostback.all),
            "affiliateId": .string(postback.affiliate ?? NewPostback.all), "reason": .string(postback.reason),
            "pausedAt": .string(postback.since), "held": .integer(postback.held),
        ]
    }

    /// The schema of the answer.
    package static var schema: JSON {
        let integerOrNull = Schema.integer.orNull
        return Schema.object([
            "at": Schema.time,
            "owed": Schema.object([
                "owed": Schema.integer, "retrying": Schema.integer, "in_flight": Schema.integer,
                "held": Schema.integer, "isExact": Schema.boolean,
            ]),
            "oldestDueSeconds": integerOrNull,
            "minutes": Schema.list(
                Schema.object([
                    "at": Schema.time, "attempts": Schema.integer, "delivered": Schema.integer,
                    "retry": Schema.integer, "failed": Schema.integer, "dead": Schema.integer,
                    "skipped": Schema.integer, "unknown": Schema.integer, "averageMs": integerOrNull,
                ])),
            "pollers": Schema.list(
                Schema.object([
                    "id": Schema.text, "host": Schema.textOrNull, "version": Schema.text, "startedAt": Schema.time,
                    "seenAt": Schema.time, "secondsAgo": Schema.integer, "isAlive": Schema.boolean,
                    "problem": Schema.textOrNull, "inFlight": integerOrNull, "claimed": integerOrNull,
                    "delivered": integerOrNull, "retried": integerOrNull, "failed": integerOrNull,
                    "dead": integerOrNull, "skipped": integerOrNull, "fenced": integerOrNull,
                ])),
            "blocked": Schema.list(
                Schema.object([
                    "destination": Schema.text, "blockedUntil": Schema.timeOrNull, "failingSince": Schema.timeOrNull,
                    "failures": Schema.integer,
                ])),
            "blockedCount": Schema.integer,
            "paced": Schema.list(Schema.object(["destination": Schema.text, "maxInFlight": Schema.integer])),
            "pacedCount": Schema.integer,
            "paused": Schema.list(
                Schema.object([
                    "postbackId": Schema.integer, "offerId": Schema.text, "affiliateId": Schema.text,
                    "reason": Schema.text, "pausedAt": Schema.time, "held": Schema.integer,
                ])),
            "pausedCount": Schema.integer,
        ])
    }
}
