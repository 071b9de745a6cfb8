/// In which order a date with slashes or hyphens has its day, month and year.
package enum DateOrder: String, CaseIterable, Sendable {
    case dayFirst = "dmy"
    case monthFirst = "mdy"
    case yearFirst = "ymd"
}

extension DateOrder {
    /// The order that a date shows, because it is no date in the other one: `25/06/2026`; nil for every other text.
    package init?(shownBy text: String) {
        switch (LooseTime(text, order: .dayFirst), LooseTime(text, order: .monthFirst)) {
        case (.clear, .unclear): self = .dayFirst
        case (.unclear, .clear): self = .monthFirst
        default: return nil
        }
    }
}
