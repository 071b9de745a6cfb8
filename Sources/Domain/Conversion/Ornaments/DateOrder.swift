/// The order of day, month and year in a date with slashes or hyphens.
package enum DateOrder: String, CaseIterable, Sendable {
    case dayFirst = "dmy"
    case monthFirst = "mdy"
    case yearFirst = "ymd"
}

extension DateOrder {
    /// Finds the order from a date that does not exist in the other order, such as `25/06/2026`; nil for every other
    /// text.
    package init?(shownBy text: String) {
        switch (LooseTime(text, order: .dayFirst), LooseTime(text, order: .monthFirst)) {
        case (.clear, .unclear): self = .dayFirst
        case (.unclear, .clear): self = .monthFirst
        default: return nil
        }
    }
}
