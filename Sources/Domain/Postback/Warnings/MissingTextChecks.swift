import Text

/// Warnings about values that a receiver would miss.
extension RequestText {
    /// A receiver that gets no status takes every request for an approval.
    func noStatus(_ status: ConversionStatus) -> [PostbackWarning] {
        if status == .done || parts.contains(where: { $0.reports(status) }) { return [] }
        return [
            PostbackWarning(
                .noStatus,
                "the request sends no status though it fires on \(status.rawValue); a receiver may read it as an approval: add {status}"
            )
        ]
    }

    var noMacro: [PostbackWarning] {
        guard uses.isEmpty else { return [] }
        return [
            PostbackWarning(
                .noMacro,
                "the request has no macro, so every conversion sends the same request; write macros such as {click_id}, {status} and {payout} where their values belong"
            )
        ]
    }

    /// Without one of these macros a receiver cannot find the click that the conversion belongs to.
    var noClickID: [PostbackWarning] {
        guard !uses.contains(where: { $0.macro.identifiesConversion }) else { return [] }
        return [
            PostbackWarning(
                .noClickID,
                "the request contains nothing that identifies the click for the receiver: neither {click_id} nor {transaction_id}, {conversion_id}, {sub1} … or {params.NAME}; add the one with the receiver's id"
            )
        ]
    }
}

extension Macro {
    fileprivate var identifiesConversion: Bool {
        switch self {
        case .named(let name): name == .clickID || name == .transactionID || name == .conversionID
        case .param: true
        }
    }
}

extension RequestText.Part {
    /// Whether the part contains the macro, a parameter that is named for the status, or a word for the status.
    fileprivate func reports(_ status: ConversionStatus) -> Bool {
        if uses.contains(where: { $0.macro == .named(.status) }) { return true }
        let name = name.lowercased()
        if kind != .queryName, !literals.isEmpty, name.contains(bytesOf: "status") || name.contains(bytesOf: "state") {
            return true
        }
        let words =
            switch status {
            case .pending: ["pending", "hold", "lead"]
            case .done: ["done"]
            case .rejected:
                ["reject", "declin", "cancel", "refund", "chargeback", "charge_back", "void", "trash", "revers"]
            }
        return literals.contains { literal in
            let text = literal.lowercased()
            return words.contains { text.contains(bytesOf: $0) }
        }
    }
}
