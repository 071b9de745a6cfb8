package import Domain

/// The sign before the decimals of an amount.
package enum DecimalSign: String, CaseIterable, Sendable {
    case point = "."
    case comma = ","
}

/// How a file writes values that can be read in two ways, such as `1,234` and `06/01/2026`: as the user says, or else
/// as the file shows by cells that can be read in one way only.
package struct CellNotation: Sendable {
    /// As the user says: a cell that is written otherwise is refused.
    package var decimal: DecimalSign?
    package var dateOrder: DateOrder?
    /// As the file shows: it decides only if a cell can be read in both ways.
    var shownDecimal: DecimalSign?
    var shownDateOrder: DateOrder?
    /// The separator between the cells. Semicolons are used where the comma is the decimal sign.
    var separator = UInt8(ascii: ",")

    package init(decimal: DecimalSign? = nil, dateOrder: DateOrder? = nil) {
        self.decimal = decimal
        self.dateOrder = dateOrder
    }
}

/// The notation that the cells of a file's beginning show.
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

    /// The notation, completed with what all cells agree on.
    func completing(_ notation: CellNotation) -> CellNotation {
        var notation = notation
        if decimals.count == 1 { notation.shownDecimal = decimals.first }
        if orders.count == 1 { notation.shownDateOrder = orders.first }
        return notation
    }
}
