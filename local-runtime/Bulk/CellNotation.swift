package import Postbacks

/// What stands before an amount's decimals.
package enum DecimalSign: String, CaseIterable, Sendable {
    case point = "."
    case comma = ","
}

/// How a file writes what could be read in two ways, such as `1,234` and `06/01/2026`: as its reader was told, or else as the
/// file itself shows by cells that can be read in one way alone.
package struct CellNotation: Sendable {
    /// As told: a cell that is written otherwise is refused.
    package var decimal: DecimalSign?
    package var dateOrder: DateOrder?
    /// As the file shows: it decides only where a cell leaves both open.
    var shownDecimal: DecimalSign?
    var shownDateOrder: DateOrder?
    /// What stands between the cells. Semicolons are written where the comma is the decimal sign.
    var separator = UInt8(ascii: ",")

    package init(decimal: DecimalSign? = nil, dateOrder: DateOrder? = nil) {
        self.decimal = decimal
        self.dateOrder = dateOrder
    }
}

/// What the cells of a file's beginning show of its notation.
struct NotationEvidence {
    private var decimals: Set<DecimalSign> = []
    private var orders: Set<DateOrder> = []

    mutating func note(_ text: String, _ meaning: CellMeaning) {
        switch meaning {
        case .amount: if let sign = AmountCell.shownSign(text) { decimals.insert(sign) }
        case .time: if let order = DateOrder(shownBy: text) { orders.insert(order) }
        case .id, .plain: break
        }
    }

    /// The notation, with what all cells agree on.
    func completing(_ notation: CellNotation) -> CellNotation {
        var notation = notation
        if decimals.count == 1 { notation.shownDecimal = decimals.first }
        if orders.count == 1 { notation.shownDateOrder = orders.first }
        return notation
    }
}
