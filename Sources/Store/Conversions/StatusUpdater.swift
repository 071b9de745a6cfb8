package import Domain
package import FunctionRuntime
package import JSON
import Postgres

/// The result of one status update.
package struct StatusChange {
    /// The conversion as it stands now.
    package let conversion: JSON
    package let previousStatus: String
    /// Whether the status differs from the previous one. Only then does anything fire (R4).
    package let isChanged: Bool
    /// The deliveries that it enqueued: a list of `{id, postbackId}`.
    package let deliveries: JSON
}

/// Changes the status of conversions, with the event and its deliveries, in one transaction.
package final class StatusUpdater {
    private let database: Database
    private let orderHold: Duration
    private var wakeup = Wakeup()

    /// A later event waits at most `orderHold` for an earlier one.
    package init(_ database: Database, orderHold: Duration) {
        self.database = database
        self.orderHold = orderHold
    }

    /// Updates a batch in one round trip. If a conversion occurs several times in it, each further update takes another
    /// round trip.
    package func update(_ updates: [StatusUpdate]) -> [Result<StatusChange, FunctionError>] {
        var answers: [Result<StatusChange, FunctionError>?] = updates.map { _ in nil }
        var remaining = Array(updates.indices)
        while !remaining.isEmpty {
            let judged = Batch(database: database).each(remaining.map { updates[$0] }) { batch throws(PostgresError) in
                try self.updateAll(batch)
            }
            var later: [Int] = []
            for (index, answer) in zip(remaining, judged) {
                switch answer {
                case .success(nil): later.append(index)
                case .success(let change?): answers[index] = .success(change)
                case .failure(let error): answers[index] = .failure(error)
                }
            }
            // Each round judges at least the first line of every conversion.
            guard later.count < remaining.count else { break }
            remaining = later
        }
        return answers.map { $0 ?? .failure(.internal) }
    }

    /// One answer for each update; nil if an earlier update of the same conversion comes first.
    private func updateAll(_ updates: [StatusUpdate]) throws(PostgresError) -> [Result<StatusChange?, FunctionError>] {
        var trip = RoundTrip()
        let update = trip.add(UpdateStatuses(updates: updates, orderHold: orderHold))
        wakeup.add(to: &trip)
        return zip(updates, try database.transactions(trip)(update)).map { update, line in
            switch line {
            case .done(let change): .success(change)
            case .later: .success(nil)
            case .refused(let refusal): .failure(update.error(refusal))
            }
        }
    }
}

extension StatusUpdate {
    fileprivate func error(_ refusal: UpdateStatuses.Refusal) -> FunctionError {
        switch refusal {
        case .unknown: return key.isUnknown
        case .ambiguous: return key.isAmbiguous
        case .unexpected(let stored):
            return .conflict(
                "expectedStatus", "the conversion is \(stored.rawValue), not \(expectedStatus?.rawValue ?? "")")
        case .forbidden(let stored):
            let targets = stored.allowedTargets.map(\.rawValue).joined(separator: ", ")
            return .conflict(
                "status",
                "a conversion that is \(stored.rawValue) cannot become \(status.rawValue); it can become: \(targets)")
        }
    }
}
