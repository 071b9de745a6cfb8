import Testing

/// One arrow of the diagrams, executed by the real functions and statements.
struct Walk: Sendable, CustomTestStringConvertible {
    typealias Step = @Sendable (Stage) throws -> Void

    let arrow: Arrow
    /// Tells the walks of one arrow apart; nil if it has only one.
    let occasion: String?
    /// Brings the delivery into the state at the arrow's beginning.
    let prepare: Step
    /// Executes the arrow.
    let act: Step

    var testDescription: String { arrow.description + (occasion.map { ", \($0)" } ?? "") }

    static let all = byPollers + byOperators + inPlace

    /// `from` is nil for a delivery that does not exist yet.
    init(
        _ from: String?, to: String, _ statement: String, _ occasion: String? = nil,
        after prepare: @escaping Step = { _ in }, act: @escaping Step
    ) {
        self.occasion = occasion
        arrow = Arrow(from: from, to: to, statement: statement)
        self.prepare = prepare
        self.act = act
    }
}
