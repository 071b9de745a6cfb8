import Bulk
import JSON

extension ExportKind {
    /// The table of a list for people.
    func table(_ rows: [JSON]) -> TextTable {
        switch self {
        case .postbacks: postbacks(rows)
        case .conversions: conversions(rows)
        case .deliveries: deliveries(rows)
        }
    }

    private static let time = 10

    private func postbacks(_ rows: [JSON]) -> TextTable {
        let offers = Set(rows.map { $0["offer"]?["id"]?.text ?? "" })
        let offer: [TextTable.Column] = offers.count > 1 ? [.init(title: "Offer")] : []
        return TextTable(
            columns: [.init(title: "ID", isNumber: true)] + offer + [
                .init(title: "Affiliate"), .init(title: "Goal"), .init(title: "Conversion Status"),
                .init(title: "URL", isLong: true), .init(title: "HTTP Type"),
                .init(title: "Created", shortWidth: ExportKind.time),
                .init(title: "Updated", shortWidth: ExportKind.time),
            ],
            rows: rows.map { row in
                let goal =
                    ExportKind.named(row["goal"]) + (row["goal"] == .null || row["goalApplies"] == true ? "" : " (off)")
                let state = row["active"] == false ? " (inactive)" : row["paused"] == .null ? "" : " (paused)"
                return [text("id", row)] + (offer.isEmpty ? [] : [ExportKind.named(row["offer"])]) + [
                    ExportKind.named(row["affiliate"]), goal, text("conversionStatus", row) + state, text("url", row),
                    text("httpType", row), ExportKind.minute(text("createdAt", row)),
                    ExportKind.minute(text("updatedAt", row)),
                ]
            })
    }

    private func conversions(_ rows: [JSON]) -> TextTable {
        TextTable(
            columns: [
                .init(title: "ID", isNumber: true), .init(title: "Affiliate"), .init(title: "Offer"),
                .init(title: "Goal"), .init(title: "Status"), .init(title: "Transaction or Click"),
                .init(title: "Payout", isNumber: true), .init(title: "Recorded", shortWidth: ExportKind.time),
            ],
            rows: rows.map { row in
                let transaction = text("transactionId", row)
                let payout = [text("payout", row), text("currency", row)].filter { !$0.isEmpty }
                return [
                    text("id", row), ExportKind.named(row["affiliate"]), ExportKind.named(row["offer"]),
                    ExportKind.named(row["goal"]), text("status", row),
                    transaction.isEmpty ? text("clickId", row) : transaction,
                    payout.count == 2 || row["payout"]?.text != nil ? payout.joined(separator: " ") : "",
                    ExportKind.minute(text("createdAt", row)),
                ]
            })
    }

    private func deliveries(_ rows: [JSON]) -> TextTable {
        TextTable(
            columns: [
                .init(title: "ID", isNumber: true), .init(title: "State"), .init(title: "Postback", isNumber: true),
                .init(title: "Conversion", isNumber: true), .init(title: "Status"),
                .init(title: "Attempts", isNumber: true), .init(title: "Last Attempt", shortWidth: ExportKind.time),
                .init(title: "Answer"), .init(title: "URL", isLong: true),
            ],
            rows: rows.map { row in
                let status = text("lastStatus", row)
                let url = text("lastUrl", row)
                return [
                    text("id", row), text("state", row), text("postbackId", row), text("conversionId", row),
                    text("status", row), text("attemptCount", row), ExportKind.minute(text("lastAt", row)),
                    status.isEmpty ? text("lastError", row) : status, url.isEmpty ? text("destination", row) : url,
                ]
            })
    }

    private func text(_ column: String, _ row: JSON) -> String { cell(column, of: row) }

    /// The id, and the name if it differs.
    private static func named(_ value: JSON?) -> String {
        guard let id = value?["id"]?.text else { return "" }
        let name = value?["name"]?.text ?? id
        return name == id ? id : "\(id) (\(name))"
    }

    /// An RFC 3339 time in UTC without its seconds.
    private static func minute(_ time: String) -> String {
        time.count > 16 ? String(time.prefix(16)).replacing("T", with: " ") : time
    }
}
