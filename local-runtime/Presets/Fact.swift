/// A fact on which a preset relies, and the page of the vendor's documentation that states it. Without a page it is not
/// checked.
package struct Fact: Sendable {
    package let claim: String
    package let source: String?

    static func checked(_ claim: String, _ source: String) -> Fact { Fact(claim: claim, source: source) }

    static func unchecked(_ claim: String) -> Fact { Fact(claim: claim, source: nil) }

    /// `checked: URL`, or `not checked`.
    package var verdict: String { source.map { "checked: \($0)" } ?? "not checked" }
}
