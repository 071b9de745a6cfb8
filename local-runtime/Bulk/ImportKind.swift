import JSON
import Secrets

/// What can be imported, and by which function.
package enum ImportKind: String, CaseIterable, Sendable {
    case conversions, statuses, postbacks

    package var function: String {
        switch self {
        case .conversions: "recordConversion"
        case .statuses: "updateConversionStatus"
        case .postbacks: "createPostback"
        }
    }

    /// Whether a row must be read here before it is sent.
    var readsRows: Bool { self != .conversions }

    /// What a row is about: of two rows with the same key the second is sent when the first is done, so that one that must be
    /// repeated is not overtaken. Nil: the order does not matter.
    func key(of row: [JSON.Member]) -> String? {
        guard self == .statuses else { return nil }
        let names = ["conversionId", "offerId", "transactionId", "clickId"]
        let named = row.filter { names.contains($0.name) }.map { JSON.Member($0.name, $0.value.asText) }
        return JSON.object(named).sorted.encodedText
    }

    /// The input that is sent for a row. A postback gets an idempotency key unless it has one, so that the same file may be
    /// imported again: made from the row and its number, but not from its secrets.
    func input(_ row: [JSON.Member], number: Int) -> [JSON.Member] {
        guard self == .postbacks, !row.contains(where: { $0.name == "idempotencyKey" }) else { return row }
        let secret = ["basicAuth", "requestHeaders", "signingSecret"]
        let digest = sha256(JSON.object(row.filter { !secret.contains($0.name) }).sorted.bytes).hexadecimal
        return row + [JSON.Member("idempotencyKey", .string("import:\(number):\(digest.prefix(32))"))]
    }

    /// What a function's successful answer means.
    func result(_ output: JSON) -> RowResult {
        switch self {
        case .conversions:
            let isDuplicate = output["duplicate"] == true
            var details = [JSON.Member("conversionId", output["conversion"]?["id"] ?? .null)]
            if let conflicts = output["conflicts"] { details.append(JSON.Member("conflicts", conflicts)) }
            return RowResult(word: isDuplicate ? .duplicate : .recorded, details: details)
        case .statuses:
            let details = [JSON.Member("conversionId", output["conversion"]?["id"] ?? .null)]
            return RowResult(word: output["changed"] == true ? .updated : .unchanged, details: details)
        case .postbacks:
            var details = [JSON.Member("postbackId", output["postback"]?["id"] ?? .null)]
            if case .array(let warnings)? = output["warnings"], !warnings.isEmpty {
                details.append(JSON.Member("warnings", .array(warnings.compactMap { $0["code"] })))
            }
            return RowResult(word: output["duplicate"] == true ? .duplicate : .created, details: details)
        }
    }
}

extension JSON {
    /// A number as the text that the same id has when it is given as a string.
    fileprivate var asText: JSON {
        if case .number(let digits) = self { .string(digits) } else { self }
    }
}
