import JSON

/// The columns of a file that `export` has written, and their fields for an import. Columns that the function does not
/// take are ignored.
struct ExportedColumns {
    private let kind: ImportKind
    /// Whether the conversion's `id` stands for its other keys.
    private let isByID: Bool
    private let isExport: Bool

    init(_ kind: ImportKind, _ names: [String]) {
        self.kind = kind
        isByID = kind == .statuses && names.contains("id") && !names.contains("conversionId")
        isExport = isByID || kind != .statuses && ExportedColumns.marks(of: kind).allSatisfy { names.contains($0) }
    }

    /// The columns that show that a file is an export; `id` alone may be in any file.
    private static func marks(of kind: ImportKind) -> [String] {
        kind == .postbacks ? ["id", "version"] : ["id", "sequence", "createdAt"]
    }

    /// The function's field for a column.
    func field(of name: String) -> String { isByID && name == "id" ? "conversionId" : name }

    func ignores(_ name: String) -> Bool {
        if name == RefusedFile.column { return true }
        guard isExport else { return false }
        switch kind {
        case .statuses:
            let taken = ["id", "status", "statusReason", "payout", "revenue", "saleAmount"]
            let known = ExportKind.conversions.columns.contains(name) || name.hasPrefix("params.")
            return known && !taken.contains(name)
        case .conversions:
            return ["id", "sequence", "offerName", "goalName", "affiliateName", "createdAt", "updatedAt"].contains(name)
        case .postbacks: return ExportedColumns.ofPostbacks.contains(name)
        }
    }

    /// The members of a listed postback that createPostback does not take.
    private static let ofPostbacks = [
        "id", "offerName", "goalName", "goalApplies", "affiliateName", "paused", "version", "createdAt", "updatedAt",
    ]

    /// The function's input for a row of JSON as a list writes it; nil for any other row.
    static func input(_ row: [JSON.Member], _ kind: ImportKind) -> [JSON.Member]? {
        func has(_ name: String) -> Bool { row.contains { $0.name == name } }
        switch kind {
        case .statuses where has("id") && !has("conversionId"):
            let listed = ExportKind.conversions.columns + ["offer", "goal", "affiliate"]
            let taken = ["status", "statusReason", "payout", "revenue", "saleAmount"]
            return row.compactMap { member in
                if member.name == "id" { return JSON.Member("conversionId", member.value) }
                // A list writes null for a missing value, and an update would clear the field.
                if taken.contains(member.name) { return member.value == .null ? nil : member }
                return listed.contains(member.name) ? nil : member
            }
        case .conversions where marks(of: kind).allSatisfy(has), .postbacks where marks(of: kind).allSatisfy(has):
            let names = ["offer": "offerId", "goal": "goalId", "affiliate": "affiliateId"]
            return row.compactMap { member in
                if member.value == .null { return nil }
                if let name = names[member.name] { return member.value["id"].map { JSON.Member(name, $0) } }
                return ExportedColumns.ofPostbacks.contains(member.name) || member.name == "sequence" ? nil : member
            }
        default: return nil
        }
    }
}

/// Exported postbacks have asterisks in place of their secrets.
enum MaskedSecrets {
    private static let mask = JSON.string("***")

    /// The fields of createPostback's input that contain the mask of a secret.
    static func fields(of row: [JSON.Member]) -> [String] {
        row.flatMap { member -> [String] in
            switch member.name {
            case "signingSecret": member.value == mask ? [member.name] : []
            case "basicAuth", "requestHeaders", "requestParams": paths(member.value, member.name)
            default: []
            }
        }
    }

    private static func paths(_ value: JSON, _ path: String) -> [String] {
        if value == mask { return [path] }
        guard case .object(let members) = value else { return [] }
        return members.flatMap { paths($0.value, "\(path).\($0.name)") }
    }
}
