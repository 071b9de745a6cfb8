package import Input
import JSON
import Text

/// A name that templates replace with a value of the delivery.
package enum Macro: Sendable, Hashable {
    case named(MacroName)
    /// One of the conversion's own `params`: `{params.NAME}`, and `{subN}` for `{params.subN}`.
    case param(String)

    /// Reads `click_id`, `sub1` … `sub10` or `params.NAME`. `hints` says whether a fault suggests the name that was
    /// probably meant.
    package init(parsing name: String, hints: Bool = true) throws(Invalid) {
        if let known = MacroName(rawValue: name) {
            self = .named(known)
        } else if Macro.subNames.contains(name) {
            self = .param(name)
        } else if name.hasPrefix("params.") {
            let param = String(name.dropFirst("params.".count))
            guard Macro.isParamName(param) else {
                throw Invalid("has a param name that is not 1 to 64 of A-Z a-z 0-9 _ . -")
            }
            self = .param(param)
        } else {
            throw Invalid("has no macro \"\(name.cut(to: 64))\"\(hints ? Macro.hint(for: name) : "")")
        }
    }

    package var name: String {
        switch self {
        case .named(let name): name.rawValue
        case .param(let name): Macro.subNames.contains(name) ? name : "params.\(name)"
        }
    }

    var kind: MacroName.Kind {
        switch self {
        case .named(let name): name.kind
        case .param: .text
        }
    }

    static func isParamName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "-")
            }
    }

    static let subNames = (1...10).map { "sub\($0)" }
    private static let allNames = MacroName.allCases.map(\.rawValue) + subNames + ["params."]

    private static func hint(for name: String) -> String {
        if name.hasPrefix("sub"), name.dropFirst(3).utf8.allSatisfy(\.isDigit), name.utf8.count > 3, isParamName(name) {
            return "; beyond sub10 write \"params.\(name)\""
        }
        let meant =
            Spelling.nearest(to: name, among: allNames)
            ?? MacroMeaning(of: name, parameter: "").map { String($0.template.dropFirst().dropLast()) }
            ?? Spelling.completed(name, among: allNames)
        return meant.map { "; did you mean \"\($0)\"?" } ?? ""
    }
}

/// The macros with a name of their own.
package enum MacroName: String, CaseIterable, Sendable {
    case conversionID = "conversion_id"
    case eventID = "event_id"
    case eventSequence = "event_sequence"
    case deliveryID = "delivery_id"
    case attempt
    case clickID = "click_id"
    case transactionID = "transaction_id"
    case affiliateID = "affiliate_id"
    case affiliateName = "affiliate_name"
    case offerID = "offer_id"
    case offerName = "offer_name"
    case goalID = "goal_id"
    case goalName = "goal_name"
    case status
    case previousStatus = "previous_status"
    case statusReason = "status_reason"
    case payout, revenue
    case saleAmount = "sale_amount"
    case currency, ip, country
    case userAgent = "user_agent"
    case clickedAt = "clicked_at"
    case occurredAt = "occurred_at"
    case statusAt = "status_at"
    /// The time of the attempt.
    case timestamp
    /// A UUID that is derived from the delivery, so that it is the same in each attempt.
    case random
    /// `1` for a test delivery, otherwise `0`.
    case isTest = "is_test"

    /// The kind of the value, which decides which formats it can have.
    enum Kind { case text, number, money, time, status }

    var kind: Kind {
        switch self {
        case .conversionID, .eventID, .eventSequence, .deliveryID, .attempt, .isTest: .number
        case .payout, .revenue, .saleAmount: .money
        case .clickedAt, .occurredAt, .statusAt, .timestamp: .time
        case .status, .previousStatus: .status
        case .clickID, .transactionID, .affiliateID, .affiliateName, .offerID, .offerName, .goalID, .goalName,
            .statusReason, .currency, .ip, .country, .userAgent, .random:
            .text
        }
    }
}

extension Rule<Macro> {
    /// A macro's name without braces.
    package static var macro: Rule {
        func schema() -> JSON {
            let names = MacroName.allCases.map(\.rawValue).joined(separator: "|")
            return [
                "title": "macro name",
                "pattern": .string(#"^(\#(names)|sub([1-9]|10)|params\.[A-Za-z0-9_.-]{1,64})$"#),
            ]
        }
        return Rule<String>.text(1...80).parsed(placeholder: Macro.named(.clickID), schema: schema()) {
            name throws(Invalid) in
            try Macro(parsing: name)
        }
    }
}
