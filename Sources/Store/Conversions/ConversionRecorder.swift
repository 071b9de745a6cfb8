package import FunctionRuntime
package import JSON
package import Postbacks
import Postgres

/// What became of one reported conversion.
package struct Recording {
    /// The conversion as it stands now, with offer, goal and affiliate by name.
    package let conversion: JSON
    /// True: it was known already, nothing was changed and nothing fires.
    package let isDuplicate: Bool
    /// The fields in which a repeat differs from the first recording.
    package let conflicts: [String]
    /// What it owes: a list of `{id, postbackId}`.
    package let deliveries: JSON
    /// What the caller should know of other conversions.
    package let warnings: [FieldWarning]
}

/// Records conversions with their events and what they owe, in one transaction.
package final class ConversionRecorder {
    private let database: Database
    private var wakeup = Wakeup()

    package init(_ database: Database) {
        self.database = database
    }

    /// Records a batch in one round trip, and one more if it has repeats.
    package func record(_ conversions: [NewConversion]) -> [Result<Recording, FunctionError>] {
        Batch(database: database).each(conversions) { batch throws(PostgresError) in try self.recordAll(batch) }
    }

    private func recordAll(_ conversions: [NewConversion]) throws(PostgresError) -> [Result<Recording, FunctionError>] {
        let silent = Parameter.array(conversions.map { $0.isSilent ? "t" : "f" })
        let record = Call(.recordConversions, NewConversion.columns(of: conversions) + [silent])
        guard let rows = try database.transactions([[record]] + wakeup.groups())[0].get().first else { return [] }
        var clicks = ClicksOfBatch()
        var answers = zip(conversions, rows).map { conversion, row -> Result<Recording, FunctionError>? in
            if let unknown = row.text("unknown") { return .failure(conversion.unknown(unknown)) }
            let isInBatch = clicks.note(conversion)
            guard row.text("id") != nil, let json = row.text("conversion") else { return nil }
            return .success(
                Recording(
                    conversion: .encoded(json), isDuplicate: false, conflicts: [],
                    deliveries: row.text("deliveries").map(JSON.encoded) ?? [],
                    warnings: row.bool("click_known") == true || isInBatch ? [.clickKnown] : []))
        }
        // What has no answer yet was known before, or committed by somebody else in between: a new statement sees both.
        let repeats = answers.indices.filter { answers[$0] == nil }
        if !repeats.isEmpty {
            let found = try findRepeats(repeats.map { conversions[$0] })
            for (index, answer) in zip(repeats, found) { answers[index] = answer }
        }
        return answers.map { $0 ?? .failure(.internal) }
    }

    private func findRepeats(_ conversions: [NewConversion]) throws(PostgresError) -> [Result<Recording, FunctionError>]
    {
        let find = Call(.findRepeats, NewConversion.columns(of: conversions))
        guard let rows = try database.transactions([[find]])[0].get().first else { return [] }
        return rows.map { row in
            guard row.text("id") != nil, let json = row.text("conversion") else {
                return .failure(
                    FunctionError(.unavailable, "the conversion that this one repeats was not to be seen; try again"))
            }
            let conflicts = row.text("conflicts") ?? ""
            return .success(
                Recording(
                    conversion: .encoded(json), isDuplicate: true,
                    conflicts: conflicts.split(separator: ",").map(String.init), deliveries: [],
                    warnings: row.bool("click_known") == true ? [.clickKnown] : []))
        }
    }
}

extension NewConversion {
    /// The parameters `$1`… of the statements that take conversions: one array for each field.
    fileprivate static func columns(of conversions: [NewConversion]) -> [Parameter] {
        func column(_ value: (NewConversion) -> String?) -> Parameter { .array(conversions.map(value)) }
        return [
            column(\.offerID), column(\.affiliateID), column(\.goalID), column(\.transactionID), column(\.clickID),
            column(\.status?.rawValue), column(\.statusReason), column(\.payout?.text), column(\.revenue?.text),
            column(\.saleAmount?.text), column(\.currency), column(\.ip), column(\.country), column(\.userAgent),
            column(\.clickedAt?.description), column(\.occurredAt?.description), column(\.params?.encodedText),
        ]
    }

    fileprivate func unknown(_ field: String) -> FunctionError {
        switch field {
        case "offerId": .notFound(field, "there is no offer \"\(offerID)\"; configureOffer makes it")
        case "affiliateId": .notFound(field, "there is no affiliate \"\(affiliateID)\"; configureAffiliate makes it")
        default: .unknownGoal(goalID ?? "", of: offerID)
        }
    }
}
