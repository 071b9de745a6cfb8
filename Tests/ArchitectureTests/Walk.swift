import Testing

/// One arrow of the diagrams, walked by the real functions and statements.
struct Walk: Sendable, CustomTestStringConvertible {
    typealias Step = @Sendable (Stage) throws -> Void

    let arrow: Arrow
    /// Brings the delivery to the arrow's beginning.
    let prepare: Step
    /// Walks it.
    let act: Step

    var testDescription: String { arrow.description }

    static let all = byPollers + byOperators + inPlace

    /// - Parameter from: nil for a delivery that is not there yet.
    init(
        _ from: String?, to: String, _ statement: String, after prepare: @escaping Step = { _ in }, act: @escaping Step
    ) {
        arrow = Arrow(from: from, to: to, statement: statement)
        self.prepare = prepare
        self.act = act
    }
}
