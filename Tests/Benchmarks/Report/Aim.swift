/// The value that a figure is to reach.
package enum Aim: Sendable, Equatable {
    /// Our figure divided by that of the limit or peer.
    case ratioAtLeast(Double)
    case ratioAtMost(Double)
    /// Our figure itself, in its unit.
    case atMost(Double)

    package func isMet(by ours: Measure, ratio: Double?) -> Bool {
        switch self {
        case .ratioAtLeast(let least): ratio.map { $0 >= least } ?? false
        case .ratioAtMost(let most): ratio.map { $0 <= most } ?? false
        case .atMost(let most): ours.median <= most
        }
    }

    package func text(_ unit: Unit) -> String {
        switch self {
        case .ratioAtLeast(let least): "≥ \(Aim.short(least)) ×"
        case .ratioAtMost(let most): "≤ \(Aim.short(most)) ×"
        case .atMost(let most): "≤ \(Aim.short(most)) \(unit.rawValue)"
        }
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}
