import Domain
import FunctionRuntime
import Input
package import JSON
import Store

/// The lists that can be exported, and the columns of their CSV.
package enum ExportKind: String, CaseIterable, Sendable {
    case conversions, deliveries, postbacks

    /// How many rows are read at a time.
    var pageSize: Int { 1000 }

    /// Makes the reader of the pages of the list. `isBrief` says whether the rows contain only what the columns show.
    func makePages(
        _ database: Database, _ settings: Settings, isBrief: Bool
    ) throws(FunctionError) -> ([JSON.Member]) throws(FunctionError) -> ListedPage {
        /// Whether the previous page was limited by its rows and not by its bytes.
        var rowsAreSmall = false
        func list(
            _ page: Page, _ list: (Page) throws(FunctionError) -> ListedPage
        ) throws(FunctionError) -> ListedPage {
            let listed = try list(rowsAreSmall ? page.inOnePart : page)
            rowsAreSmall = listed.rows.count == page.limit
            return listed
        }
        switch self {
        case .conversions:
            let conversions = ConversionList(database)
            return { (input) throws(FunctionError) in
                let (filter, page) = try ExportKind.read(input) { (ConversionFilter(&$0), Page(&$0, of: .times)) }
                return try list(page) { (page) throws(FunctionError) in try conversions.page(filter, page) }
            }
        case .deliveries:
            let deliveries = DeliveryList(database, orderHold: try settings(.orderHold), isBrief: isBrief)
            return { (input) throws(FunctionError) in
                let (filter, page) = try ExportKind.read(input) { (DeliveryFilter(&$0), Page(&$0, of: .times)) }
                return try list(page) { (page) throws(FunctionError) in try deliveries.page(filter, page) }
            }
        case .postbacks:
            let store = PostbackStore(database)
            return { (input) throws(FunctionError) in
                let (filter, page) = try ExportKind.read(input) { (PostbackFilter(&$0), Page(&$0)) }
                return try list(page) { (page) throws(FunctionError) in try store.page(filter, page) }
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

    /// The default columns.
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
            // Apart from ids, names and times, these are the fields of createPostback.
            [
                "id", "offerId", "affiliateId", "goalId", "conversionStatus", "url", "httpType", "basicAuth",
                "requestParams", "requestHeaders", "signingSecret", "omitEmptyParams", "skipWhenEmpty", "successWhen",
                "active", "sendOvertaken", "paused", "version", "createdAt", "updatedAt",
            ]
        }
    }

    /// All columns that can be asked for, except the params.
    private var allColumns: [String] {
        self == .postbacks ? columns + ["offerName", "affiliateName", "goalName", "goalApplies"] : columns
    }

    /// Whether there is such a column: one of those above, or one of the params (`params.sub1`).
    package func hasColumn(_ name: String) -> Bool {
        allColumns.contains(name) || self == .conversions && name.hasPrefix("params.") && name != "params."
    }

    /// A row's cell in a column: text is unchanged, null is empty, everything else is JSON.
    package func cell(_ column: String, of row: JSON) -> String { value(of: column)(row)?.cell ?? "" }

    /// A closure that finds a row's value in a column; it returns nil for none.
    func value(of column: String) -> (JSON) -> JSON? {
        func member(_ names: String...) -> (JSON) -> JSON? {
            { row in names.reduce(row) { value, name in value?[name] } }
        }
        func ofLastAttempt(_ names: String...) -> (JSON) -> JSON? {
            { row in names.reduce(row.lastAttempt) { value, name in value?[name] } }
        }
        func either(_ first: @escaping (JSON) -> JSON?, _ other: @escaping (JSON) -> JSON?) -> (JSON) -> JSON? {
            { row in first(row).flatMap { $0 == .null ? nil : $0 } ?? other(row) }
        }
        return switch (self, column) {
        case (.conversions, "offerId"), (.postbacks, "offerId"): member("offer", "id")
        case (.conversions, "offerName"), (.postbacks, "offerName"): member("offer", "name")
        case (.conversions, "goalId"), (.postbacks, "goalId"): member("goal", "id")
        case (.conversions, "goalName"), (.postbacks, "goalName"): member("goal", "name")
        case (.conversions, "affiliateId"), (.postbacks, "affiliateId"): member("affiliate", "id")
        case (.conversions, "affiliateName"), (.postbacks, "affiliateName"): member("affiliate", "name")
        case (.postbacks, "requestParams"), (.postbacks, "requestHeaders"), (.postbacks, "skipWhenEmpty"):
            { row in row[column].flatMap { $0 == [:] || $0 == [] ? nil : $0 } }
        case (.deliveries, "lastAt"): ofLastAttempt("at")
        case (.deliveries, "lastOutcome"): ofLastAttempt("outcome")
        case (.deliveries, "lastMethod"): ofLastAttempt("request", "method")
        case (.deliveries, "lastUrl"): ofLastAttempt("request", "url")
        // The delivery still has status and error after its attempts were dropped; early versions stored them in
        // attempts alone.
        case (.deliveries, "lastStatus"): either(member("httpStatus"), ofLastAttempt("response", "status"))
        case (.deliveries, "lastError"): either(member("errorCode"), ofLastAttempt("error", "code"))
        case (_, let name) where name.hasPrefix("params."): member("params", String(name.dropFirst("params.".count)))
        default: member(column)
        }
    }
}

extension JSON {
    fileprivate var lastAttempt: JSON? {
        if case .array(let attempts)? = self["attempts"] { attempts.last } else { nil }
    }

    /// The value as a cell of CSV: text is unchanged, null is empty, everything else is JSON.
    var cell: String {
        switch self {
        case .null: ""
        case .string(let text), .number(let text): text
        default: encodedText
        }
    }
}
