import Domain
import JSON
import Postgres

/// Records a batch of conversions with their events and deliveries. The answer has one line for each.
struct RecordConversions: StoredCall {
    let conversions: [NewConversion]

    enum Line {
        case recorded(Recording)
        /// Nothing was recorded: the offer, affiliate or goal does not exist.
        case unknown(UnknownField)
        /// Nothing was recorded: a conversion with this key already exists.
        case isRepeat
    }

    enum UnknownField: String, ColumnValue {
        case offer = "offerId"
        case affiliate = "affiliateId"
        case goal = "goalId"
    }

    static let statement = Statement(name: "record_conversions", bytes: PackageResources.record_conversions_sql)

    var arguments: Arguments {
        NewConversion.arguments(of: conversions) + ["silent": .array(conversions.map(\.isSilent.column))]
    }

    func answer(_ rows: Rows) throws(PostgresError) -> [Line] {
        var lines: [Line] = []
        for row in rows {
            if let field: UnknownField = try row.optional("unknown") {
                lines.append(.unknown(field))
            } else if let _: Int = try row.optional("id") {
                let deliveries: String? = try row.optional("deliveries")
                lines.append(
                    .recorded(
                        Recording(
                            conversion: .encoded(try row.required("conversion")), isDuplicate: false, conflicts: [],
                            deliveries: deliveries.map(JSON.encoded) ?? [],
                            warnings: try row.required("click_known") ? [.clickKnown] : [])))
            } else {
                lines.append(.isRepeat)
            }
        }
        return lines
    }
}

/// Finds the earlier conversion for each of a batch of repeats; nil for one that is not visible yet.
struct FindRepeats: StoredCall {
    let conversions: [NewConversion]

    static let statement = Statement(name: "find_repeats", bytes: PackageResources.find_repeats_sql)

    var arguments: Arguments { NewConversion.arguments(of: conversions) }

    func answer(_ rows: Rows) throws(PostgresError) -> [Recording?] {
        var recordings: [Recording?] = []
        for row in rows {
            guard let _: Int = try row.optional("id") else {
                recordings.append(nil)
                continue
            }
            let conflicts: String = try row.required("conflicts")
            recordings.append(
                Recording(
                    conversion: .encoded(try row.required("conversion")), isDuplicate: true,
                    conflicts: conflicts.split(separator: ",").map(String.init), deliveries: [],
                    warnings: try row.required("click_known") ? [.clickKnown] : []))
        }
        return recordings
    }
}

extension NewConversion {
    /// One array for each field of the conversions.
    fileprivate static func arguments(of conversions: [NewConversion]) -> Arguments {
        func column(_ value: (NewConversion) -> String?) -> Parameter { .array(conversions.map(value)) }
        return [
            "offer_ids": column(\.offerID), "affiliate_ids": column(\.affiliateID), "goal_ids": column(\.goalID),
            "transaction_ids": column(\.transactionID), "click_ids": column(\.clickID),
            "statuses": column(\.status?.rawValue), "status_reasons": column(\.statusReason),
            "payouts": column(\.payout?.text), "revenues": column(\.revenue?.text),
            "sale_amounts": column(\.saleAmount?.text), "currencies": column(\.currency), "ips": column(\.ip),
            "countries": column(\.country), "user_agents": column(\.userAgent),
            "clicked_at": column(\.clickedAt?.description), "occurred_at": column(\.occurredAt?.description),
            "params": column(\.params?.encodedText),
        ]
    }
}
