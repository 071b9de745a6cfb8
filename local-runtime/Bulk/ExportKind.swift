import FunctionRuntime
package import JSON
import Postbacks
import Store

/// What can be exported: which list it is, and what the columns of its CSV are.
package enum ExportKind: String, CaseIterable, Sendable {
    case conversions, deliveries, postbacks

    /// How many rows are read at a time.
    var pageSize: Int { 1000 }

    /// Reads pages of the list behind the function of the same name.
    /// - Parameter isBrief: only what the columns show.
    func makePages(
        _ database: Database, _ settings: Settings, isBrief: Bool
    ) throws(FunctionError) -> ([JSON.Member]) throws(FunctionError) -> ListedPage {
        switch self {
        case .conversions:
            let list = ConversionList(database)
            return { (input) throws(FunctionError) in
                let (filter, page) = try ExportKind.read(input) { (ConversionFilter(&$0), Page(&$0)) }
                return try list.page(filter, page)
            }
        case .deliveries:
            let list = DeliveryList(database, orderHold: try settings(.orderHold), isBrief: isBrief)
            return { (input) throws(FunctionError) in
                let (filter, page) = try ExportKind.read(input) { (DeliveryFilter(&$0), Page(&$0, of: .times)) }
                return try list.page(filter, page)
            }
        case .postbacks:
            let store = PostbackStore(database)
            return { (input) throws(FunctionError) in
                let (filter, page) = try ExportKind.read(input) { (PostbackFilter(&$0), Page(&$0)) }
                return try store.page(filter, page)
            }
        }
    }

    private static func read<Value>(
        _ input: [JSON.Member], _ read: (inout Fields) -> Value
    ) throws(FunctionError) -> Value {
        var fields = Fields(input)
        let value = read(&fields)
        fields.refuseUnknown()
        guard fields.faults.isEmpty else { throw .invalidRequest(fields.faults) }
        return value
    }

    /// The columns unless others are asked for.
    package var columns: [String] {
        switch self {
        case .conversions:
            [
                "id", "sequence", "status", "statusReason", "offerId", "offerName", "goalId", "goalName", "affiliateId",
                "affiliateName", "transactionId", "clickId", "payout", "revenue", "saleAmount", "currency", "ip",
                "country", "userAgent", "clickedAt", "occurredAt", "createdAt", "updatedAt", "params",
            ]
        case .deliveries:
            [
                "id", "state", "conversionId", "postbackId", "offerId", "affiliateId", "eventId", "sequence", "status",
                "destination",
                "attemptCount", "owedAt", "dueAt", "finishedAt", "lastAt", "lastOutcome", "lastMethod", "lastUrl",
                "lastStatus", "lastError",
            ]
        case .postbacks:
            // Beside the ids, names and times these are createPostback's fields.
            [
                "id", "offerId", "affiliateId", "goalId", "conversionStatus", "url", "httpType", "basicAuth",
                "requestParams", "requestHeaders", "signingSecret", "omitEmptyParams", "skipWhenEmpty", "successWhen",
                "active", "sendOvertaken", "paused", "version", "createdAt", "updatedAt",
            ]
        }
    }

    /// Those that can be asked for, but for the params.
    private var allColumns: [String] {
        self == .postbacks ? columns + ["offerName", "affiliateName", "goalName", "goalApplies"] : columns
    }

    /// Whether there is such a column: one of those above, or one of the params (`params.sub1`).
    package func hasColumn(_ name: String) -> Bool {
        allColumns.contains(name) || self == .conversions && name.hasPrefix("params.") && name != "params."
    }

    /// A row's cell in a column: text as it is, everything else as JSON, null as nothing.
    package func cell(_ column: String, of row: JSON) -> String { value(column, of: row)?.cell ?? "" }

    /// A row's value in a column; nil for none.
    func value(_ column: String, of row: JSON) -> JSON? {
        switch (self, column) {
        case (.conversions, "offerId"), (.postbacks, "offerId"): row["offer"]?["id"]
        case (.conversions, "offerName"), (.postbacks, "offerName"): row["offer"]?["name"]
        case (.conversions, "goalId"), (.postbacks, "goalId"): row["goal"]?["id"]
        case (.conversions, "goalName"), (.postbacks, "goalName"): row["goal"]?["name"]
        case (.conversions, "affiliateId"), (.postbacks, "affiliateId"): row["affiliate"]?["id"]
        case (.conversions, "affiliateName"), (.postbacks, "affiliateName"): row["affiliate"]?["name"]
        case (.postbacks, "requestParams"), (.postbacks, "requestHeaders"), (.postbacks, "skipWhenEmpty"):
            row[column].flatMap { $0 == [:] || $0 == [] ? nil : $0 }
        case (.deliveries, "lastAt"): row.lastAttempt?["at"]
        case (.deliveries, "lastOutcome"): row.lastAttempt?["outcome"]
        case (.deliveries, "lastMethod"): row.lastAttempt?["request"]?["method"]
        case (.deliveries, "lastUrl"): row.lastAttempt?["request"]?["url"]
        case (.deliveries, "lastStatus"): row.lastAttempt?["response"]?["status"]
        case (.deliveries, "lastError"): row.lastAttempt?["error"]?["code"]
        case (_, let name) where name.hasPrefix("params."): row["params"]?[String(name.dropFirst("params.".count))]
        default: row[column]
        }
    }
}

extension JSON {
    fileprivate var lastAttempt: JSON? {
        if case .array(let attempts)? = self["attempts"] { attempts.last } else { nil }
    }

    /// As a cell of CSV: text as it is, everything else as JSON, null as nothing.
    var cell: String {
        switch self {
        case .null: ""
        case .string(let text), .number(let text): text
        default: encodedText
        }
    }
}
