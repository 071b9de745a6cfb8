import Domain
import Input
import JSON
import Postgres
import System

/// Changes the status of a batch of conversions. The answer has one line for each update.
struct UpdateStatuses: StoredCall {
    let updates: [StatusUpdate]
    /// How long a later event waits for an earlier one.
    let orderHold: Duration

    enum Line {
        /// The conversion has the requested status now, or had it before.
        case done(StatusChange)
        /// The line was not judged: an earlier line of the batch is for the same conversion.
        case later
        case refused(Refusal)
    }

    /// Why nothing was changed.
    enum Refusal {
        /// No conversion has the key.
        case unknown
        /// Several conversions have the key.
        case ambiguous
        /// The conversion has this status, which is not the expected one.
        case unexpected(ConversionStatus)
        /// The conversion has this status, from which the new one is not allowed (R5).
        case forbidden(ConversionStatus)
    }

    /// The verdict in the words of the statement.
    private enum Verdict: String, ColumnValue {
        case changed, unchanged, repeated, later, unknown, ambiguous, unexpected, forbidden
    }

    static let statement = Statement(name: "update_statuses", bytes: PackageResources.update_statuses_sql)

    var arguments: Arguments {
        func column(_ value: (StatusUpdate) -> String?) -> Parameter { .array(updates.map(value)) }
        return [
            "conversion_ids": column(\.key.columns.conversion), "offer_ids": column(\.key.columns.offer),
            "goal_ids": column(\.key.columns.goal), "transaction_ids": column(\.key.columns.transaction),
            "click_ids": column(\.key.columns.click), "statuses": column(\.status.rawValue),
            "status_reasons": column { Self.text($0.statusReason) { $0 } },
            "payouts": column { Self.text($0.payout, \.text) }, "revenues": column { Self.text($0.revenue, \.text) },
            "sale_amounts": column { Self.text($0.saleAmount, \.text) },
            "expected_statuses": column(\.expectedStatus?.rawValue),
            "transitions": .array(ConversionStatus.transitions), "order_hold": .text(String(orderHold.seconds)),
        ]
    }

    /// A change in the form that the statement takes: nil keeps the value, the empty text clears it.
    private static func text<Value>(_ change: Change<Value>, _ text: (Value) -> String) -> String? {
        switch change {
        case .keep: nil
        case .clear: ""
        case .set(let value): text(value)
        }
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Line] {
        try rows.map { row throws(PostgresError) in try UpdateStatuses.line(row) }
    }

    private static func line(_ row: Row) throws(PostgresError) -> Line {
        let verdict: Verdict = try row.required("verdict")
        switch verdict {
        case .later: return .later
        case .unknown: return .refused(.unknown)
        case .ambiguous: return .refused(.ambiguous)
        case .unexpected: return .refused(.unexpected(try row.required("previous_status")))
        case .forbidden: return .refused(.forbidden(try row.required("previous_status")))
        case .changed, .unchanged, .repeated:
            let deliveries: String? = try row.optional("deliveries")
            return .done(
                StatusChange(
                    conversion: .encoded(try row.required("conversion")),
                    previousStatus: try row.required("previous_status"), isChanged: verdict == .changed,
                    deliveries: deliveries.map(JSON.encoded) ?? []))
        }
    }
}

extension ConversionStatus: ColumnValue {
    /// All allowed changes, as `from>to`.
    fileprivate static var transitions: [String?] {
        allCases.flatMap { from in from.allowedTargets.map { "\(from.rawValue)>\($0.rawValue)" } }
    }
}
