import JSON
import Postbacks

/// What the cells of a column mean, where spreadsheets write them otherwise than a function reads them.
enum CellMeaning {
    case id, amount, time, plain

    /// - Parameter path: the column's field.
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
    /// - Parameter separator: what stands between the cells of the file.
    /// - Throws: why it may mean several things, or nothing, and what to do.
    func value(_ text: String, separator: UInt8) throws(Wrong) -> String {
        if self == .plain { return text }
        let text = CellMeaning.unwrapped(text).withoutWhiteSpaceAtEnds
        switch self {
        case .id:
            guard !CellMeaning.isRounded(text) else {
                throw Wrong(
                    "holds \(text): a spreadsheet has rounded the id, and its digits are lost; export the ids again as text and do not save the file from the spreadsheet"
                )
            }
        case .amount: return try AmountCell.value(text, isCommaDecimal: separator == UInt8(ascii: ";"))
        case .time:
            if !text.isEmpty, Timestamp(parsing: text) == nil, case .unclear(let what) = LooseTime(text) {
                throw Wrong("holds \"\(String(text.unicodeScalars.prefix(64)))\", \(what)")
            }
        case .plain: break
        }
        return text
    }

    /// `="00123"` is how a spreadsheet is told to keep a text.
    private static func unwrapped(_ text: String) -> String {
        text.hasPrefix("=\"") && text.hasSuffix("\"") && text.utf8.count > 2
            ? String(text.dropFirst(2).dropLast()) : text
    }

    /// Whether it is a number as spreadsheets show large ones: `1.23457E+18`, `1,2E+18`, `1E+18`. An id of digits and an E
    /// alone, such as `12E4`, may be anybody's.
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
