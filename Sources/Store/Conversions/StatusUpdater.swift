package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres

/// What became of one status update.
package struct StatusChange {
    /// The conversion as it stands now.
    package let conversion: JSON
    package let previousStatus: String
    /// Whether the status is another than before: only then did anything fire.
    package let isChanged: Bool
    /// What it owes: a list of `{id, postbackId}`.
    package let deliveries: JSON
}

/// Brings conversions into a status, with the event and what it owes, in one transaction.
package final class StatusUpdater {
    private let database: Database
    private let orderHold: Double
    private var wakeup = Wakeup()

    /// - Parameter orderHold: seconds that a later event waits for an earlier one.
    package init(_ database: Database, orderHold: Double) {
        self.database = database
        self.orderHold = orderHold
    }

    /// Updates a batch in one round trip; a conversion that stands in it several times takes one more for each.
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
            // At least the first line for each conversion is judged in every round.
            guard later.count < remaining.count else { break }
            remaining = later
        }
        return answers.map { $0 ?? .failure(.internal) }
    }

    /// One answer for each update; nil for one whose turn comes after another of the same conversion.
    private func updateAll(_ updates: [StatusUpdate]) throws(PostgresError) -> [Result<StatusChange?, FunctionError>] {
        let parameters =
            StatusUpdate.columns(of: updates) + [.array(ConversionStatus.transitions), .text(String(orderHold))]
        let groups = [[Call(.updateStatuses, parameters)]] + wakeup.groups()
        guard let rows = try database.transactions(groups)[0].get().first else { return [] }
        return zip(updates, rows).map { update, row in
            let verdict = row.text("verdict") ?? ""
            if verdict == "later" { return .success(nil) }
            guard ["changed", "unchanged", "repeated"].contains(verdict) else {
                return .failure(update.refusal(verdict, stored: row.text("previous_status") ?? ""))
            }
            return .success(
                StatusChange(
                    conversion: row.text("conversion").map(JSON.encoded) ?? .null,
                    previousStatus: row.text("previous_status") ?? "", isChanged: verdict == "changed",
                    deliveries: row.text("deliveries").map(JSON.encoded) ?? []))
        }
    }
}

extension ConversionStatus {
    /// All allowed changes, as `from>to`.
    fileprivate static var transitions: [String?] {
        allCases.flatMap { from in from.allowedTargets.map { "\(from.rawValue)>\($0.rawValue)" } }
    }
}

extension StatusUpdate {
    /// The parameters of the statement: one array for each field.
    fileprivate static func columns(of updates: [StatusUpdate]) -> [Parameter] {
        func column(_ value: (StatusUpdate) -> String?) -> Parameter { .array(updates.map(value)) }
        return [
            column(\.key.columns.conversion), column(\.key.columns.offer), column(\.key.columns.goal),
            column(\.key.columns.transaction),
            column(\.key.columns.click),
            column(\.status.rawValue), column { text($0.statusReason) { $0 } }, column { text($0.payout, \.text) },
            column { text($0.revenue, \.text) }, column { text($0.saleAmount, \.text) },
            column(\.expectedStatus?.rawValue),
        ]
    }

    /// A change as the statement takes it: null keeps, the empty text clears.
    private static func text<Value>(_ change: Change<Value>, _ text: (Value) -> String) -> String? {
        switch change {
        case .keep: nil
        case .clear: ""
        case .set(let value): text(value)
        }
    }

    /// Why nothing was changed.
    fileprivate func refusal(_ verdict: String, stored: String) -> FunctionError {
        switch verdict {
        case "unknown": return key.isUnknown
        case "ambiguous": return key.isAmbiguous
        case "unexpected":
            return .conflict("expectedStatus", "the conversion is \(stored), not \(expectedStatus?.rawValue ?? "")")
        case "forbidden":
            let targets =
                ConversionStatus(rawValue: stored)?.allowedTargets.map(\.rawValue).joined(separator: ", ") ?? ""
            return .conflict(
                "status", "a conversion that is \(stored) cannot become \(status.rawValue); it can become: \(targets)")
        default: return .internal
        }
    }
}
