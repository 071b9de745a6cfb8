import JSON
import Secrets
import Text

/// The kinds of rows that can be imported, each with its function.
package enum ImportKind: String, CaseIterable, Sendable {
    case conversions, statuses, postbacks

    package var function: String {
        switch self {
        case .conversions: "recordConversion"
        case .statuses: "updateConversionStatus"
        case .postbacks: "createPostback"
        }
    }

    /// Whether a row must be parsed here before it is sent.
    var readsRows: Bool { self != .conversions }

    /// The key of a row: of two rows with the same key, the second is sent when the first is done, so that it cannot
    /// overtake a repeated one. Nil if the order does not matter.
    func key(of row: [JSON.Member]) -> String? {
        guard self == .statuses else { return nil }
        let names = ["conversionId", "offerId", "transactionId", "clickId"]
        let named = row.filter { names.contains($0.name) }.map { JSON.Member($0.name, $0.value.asID) }
        return JSON.object(named).sorted.encodedText
    }

    /// The row, parsed as far as necessary here. `isSilent` says whether its conversion is recorded as silent (R16).
    func read(_ row: ImportRow, isSilent: Bool) -> ImportRow {
        switch row.input {
        case .malformed: return row
        case .object(let members): return judged(row, members)
        case .unread(let text):
            if let members = RefusedFile.withoutReason(text) {
                return judged(row, ExportedColumns.input(members, self) ?? members)
            }
            guard readsRows || isSilent || ImportKind.isListed(text) else { return row }
            guard case .object(let members)? = try? JSON(parsing: text) else {
                // The function describes the fault better, but it must not record the line as one that fires.
                return isSilent ? row.with(.malformed("the line is not one JSON object")) : row
            }
            return judged(row, ExportedColumns.input(members, self) ?? members)
        }
    }

    /// Whether a line looks like a row of a list.
    private static func isListed(_ line: [UInt8]) -> Bool { line.starts(with: #"{"id":"#.utf8) }

    private func judged(_ row: ImportRow, _ members: [JSON.Member]) -> ImportRow {
        let masked = self == .postbacks ? MaskedSecrets.fields(of: members) : []
        guard !masked.isEmpty else { return row.with(.object(members)) }
        return row.with(
            .malformed(
                "\(masked.joined(separator: ", ")): an export writes *** instead of a secret; write the secret, or leave the field out"
            ))
    }

    /// The input that is sent for a row. A postback without an idempotency key gets one, so that the same row can be
    /// imported again, wherever it is in its file. The key is made from the row without its secrets.
    func input(_ row: [JSON.Member], isSilent: Bool) -> [JSON.Member] {
        switch self {
        case .conversions where isSilent:
            return row.filter { $0.name != "silent" } + [JSON.Member("silent", true)]
        case .postbacks where !row.contains(where: { $0.name == "idempotencyKey" && !$0.value.isBlank }):
            let ids = ["offerId", "affiliateId", "goalId"]
            let content = row.filter { !$0.value.isBlank }.map { member in
                ids.contains(member.name) ? JSON.Member(member.name, member.value.asID) : member
            }
            let secret = ["basicAuth", "requestHeaders", "signingSecret"]
            let digest = sha256(JSON.object(content.filter { !secret.contains($0.name) }).sorted.bytes).hexadecimal
            return content + [JSON.Member("idempotencyKey", .string("import:\(digest.prefix(32))"))]
        default: return row
        }
    }

    /// The result for a successful answer of the function.
    func result(_ output: JSON) -> RowResult {
        switch self {
        case .conversions:
            let isDuplicate = output["duplicate"] == true
            var details = [JSON.Member("conversionId", output["conversion"]?["id"] ?? .null)]
            for name in ["conflicts", "warnings"] {
                if let value = output[name] { details.append(JSON.Member(name, value)) }
            }
            return RowResult(word: isDuplicate ? .duplicate : .recorded, details: details)
        case .statuses:
            var details = [JSON.Member("conversionId", output["conversion"]?["id"] ?? .null)]
            if let warnings = output["warnings"] { details.append(JSON.Member("warnings", warnings)) }
            return RowResult(word: output["changed"] == true ? .updated : .unchanged, details: details)
        case .postbacks:
            var details = [JSON.Member("postbackId", output["postback"]?["id"] ?? .null)]
            if case .array(let warnings)? = output["warnings"], !warnings.isEmpty {
                details.append(JSON.Member("warnings", .array(warnings.compactMap { $0["code"] })))
            }
            guard output["duplicate"] == true else { return RowResult(word: .created, details: details) }
            let note = "a row with the same content has created it, in this file or before"
            return RowResult(word: .duplicate, details: details + [JSON.Member("note", .string(note))])
        }
    }
}

extension JSON {
    /// An id as it is stored: a number becomes its text, and white space at the ends is removed.
    fileprivate var asID: JSON {
        switch self {
        case .number(let digits): .string(digits)
        case .string(let text): .string(text.withoutWhiteSpaceAtEnds)
        default: self
        }
    }

    fileprivate var isBlank: Bool { self == .null || self == "" }
}
