/// One thing that a preset relies on, and the page of the vendor's documentation on which it was read; without one it is
/// not checked.
package struct Fact: Sendable {
    package let claim: String
    package let source: String?

    static func checked(_ claim: String, _ source: String) -> Fact { Fact(claim: claim, source: source) }

    static func unchecked(_ claim: String) -> Fact { Fact(claim: claim, source: nil) }

    /// `checked: URL`, or `not checked`.
    package var verdict: String { source.map { "checked: \($0)" } ?? "not checked" }
}
