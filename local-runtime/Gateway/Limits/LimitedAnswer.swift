import FunctionRuntime
import Input
import JSON
import Store

/// Removes from an answer everything that may concern records outside of the key's limits. The other bytes stay as the
/// function wrote them.
struct LimitedAnswer {
    let records: LimitedRecords
    let limits: KeyLimits

    /// - Throws: a conflict if the function has recognised a repeat of another affiliate's conversion, which the answer
    ///   would show.
    func show(_ output: [UInt8], of name: String, _ input: LimitedInput) async throws(Refusal) -> [UInt8] {
        switch LimitRule.all[name]?.answer {
        case .whole?, nil: return output
        case .savedPostback?: return withoutWarnings(output, ["overlap"])
        case .preview?: return withoutWarnings(AnswerLine.removing("input", from: output), ["overlap"])
        case .recording?:
            guard let json = try? JSON(parsing: output, depth: JSON.depthLimit + 16) else { throw Refusal(.internal) }
            try requireOwn(json["conversion"], input)
            if limits.affiliateID == nil { return output }
            // The click may be that of another affiliate's conversion.
            return try await withoutNetwork(withoutWarnings(output, ["click_known"]), json["deliveries"])
        }
    }

    /// The error of a function, without the id of a postback that may belong to another affiliate: all callers share
    /// the idempotency keys.
    func hide(_ refusal: Refusal, of name: String) -> Refusal {
        guard name == "createPostback", refusal.status == 409, refusal.details.first?.field == "idempotencyKey" else {
            return refusal
        }
        let message = "was used with another input"
        return Refusal(
            refusal.status, refusal.code, message, details: [Refusal.Detail(field: "idempotencyKey", message: message)])
    }

    private func requireOwn(_ conversion: JSON?, _ input: LimitedInput) throws(Refusal) {
        let isOwn = LimitRule.Dimension.allCases.allSatisfy { dimension in
            guard let limit = dimension.limit(of: limits) else { return true }
            return conversion?[dimension == .offer ? "offer" : "affiliate"]?["id"] == .string(limit)
        }
        if isOwn { return }
        let field = input.isGiven("transactionId") ? "transactionId" : "clickId"
        let message = "is that of another conversion, which is not within the limits of the key"
        throw Refusal(409, "conflict", message, details: [Refusal.Detail(field: field, message: message)])
    }

    private func withoutWarnings(_ output: [UInt8], _ codes: [String]) -> [UInt8] {
        guard let place = CallLine.place(of: "warnings", in: output),
            case .array(let warnings)? = try? JSON(parsing: Array(output[place]), depth: JSON.depthLimit)
        else { return output }
        let rest = warnings.filter { warning in !codes.contains(warning["code"]?.text ?? "") }
        return rest.count == warnings.count ? output : CallLine.setting("warnings", to: .array(rest), in: output)
    }

    /// Leaves out the deliveries of the network's own postbacks.
    private func withoutNetwork(_ output: [UInt8], _ deliveries: JSON?) async throws(Refusal) -> [UInt8] {
        guard case .array(let all)? = deliveries, !all.isEmpty else { return output }
        func postback(_ delivery: JSON) -> Int? {
            if case .number(let text)? = delivery["postbackId"] { Int(text) } else { nil }
        }
        let foreign = try await records.foreign(
            all.compactMap(postback), KeyLimits(affiliateID: limits.affiliateID))
        let rest = all.filter { delivery in postback(delivery).map { !foreign.contains($0) } ?? false }
        return rest.count == all.count ? output : CallLine.setting("deliveries", to: .array(rest), in: output)
    }
}
