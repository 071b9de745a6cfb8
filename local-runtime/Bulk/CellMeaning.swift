import Domain
import Input
import Text

/// The meaning of a column's cells, for values that spreadsheets write otherwise than a function reads them.
enum CellMeaning {
    case id, amount, time, plain

    /// - Parameter path: the path of the column's field.
    init(of path: [String]) {
        self =
            switch path {
            case ["offerId"], ["affiliateId"], ["goalId"], ["transactionId"], ["clickId"], ["conversionId"]: .id
            case ["payout"], ["revenue"], ["saleAmount"]: .amount
            case ["clickedAt"], ["occurredAt"]: .time
            default: .plain
            }
    }

    /// The cell as the function reads it.
    /// - Throws: if it may mean several things, or nothing; the message says what to do.
    func value(_ text: String, _ notation: CellNotation) throws(Invalid) -> String {
        if self == .plain { return text }
        let text = CellMeaning.text(text)
        switch self {
        case .id:
            guard !CellMeaning.isRounded(text) else {
                throw Invalid(
                    "is \(text): a spreadsheet has rounded the id, and its digits are lost; export the ids again as text and do not save the file from the spreadsheet"
                )
            }
        case .amount: return try AmountCell.value(text, notation)
        case .time: return try CellMeaning.time(text, notation)
        case .plain: break
        }
        return text
    }

    /// The text of a cell, without its wrapping.
    static func text(_ cell: String) -> String { unwrapped(cell).withoutWhiteSpaceAtEnds }

    private static func time(_ text: String, _ notation: CellNotation) throws(Invalid) -> String {
        if text.isEmpty || Timestamp(parsing: text) != nil { return text }
        func wrong(_ reason: String) -> Invalid {
            Invalid("holds \"\(String(text.unicodeScalars.prefix(64)))\", \(reason)")
        }
        let open = LooseTime(text)
        if let given = notation.dateOrder {
            guard case .clear(let time, _) = LooseTime(text, order: given) else {
                if case .unclear(let reason) = open, DateOrder(shownBy: text) == nil { throw wrong(reason) }
                throw wrong("which is not a date in the order \(given.rawValue), as --date-order says")
            }
            if case .clear(time, _) = open { return text }
            return time.description
        }
        guard case .unclear(let reason) = open else { return text }
        if let shown = notation.shownDateOrder, case .clear(let time, _) = LooseTime(text, order: shown) {
            return time.description
        }
        let isOpen = DateOrder.allCases.contains { order in
            if case .clear = LooseTime(text, order: order) { true } else { false }
        }
        throw wrong(isOpen ? "\(reason), or name the order: --date-order dmy or --date-order mdy" : reason)
    }

    /// Removes the wrapping with which spreadsheets keep a text: `="00123"`.
    private static func unwrapped(_ text: String) -> String {
        text.hasPrefix("=\"") && text.hasSuffix("\"") && text.utf8.count > 2
            ? String(text.dropFirst(2).dropLast()) : text
    }

    /// Whether it is a number as spreadsheets show large ones: `1.23457E+18`, `1,2E+18`, `1E+18`. Digits and an E
    /// alone, such as `12E4`, may be a real id.
    private static func isRounded(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        func skipDigits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest.removeFirst(count)
            return count
        }
        guard skipDigits() == 1 else { return false }
        let hasPoint = rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",")
        if hasPoint {
            rest.removeFirst()
            guard skipDigits() > 0 else { return false }
        }
        guard rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "e") else { return false }
        rest.removeFirst()
        let hasPlus = rest.first == UInt8(ascii: "+")
        if hasPlus { rest.removeFirst() }
        return (hasPoint || hasPlus) && (1...3).contains(skipDigits()) && rest.isEmpty
    }
}
