package import JSON

/// What has become of a conversion.
package enum ConversionStatus: String, CaseIterable, Sendable {
    case pending, done, rejected

    /// Where a status may change to: nothing returns to pending.
    package var allowedTargets: [ConversionStatus] {
        switch self {
        case .pending: [.done, .rejected]
        case .done: [.rejected]
        case .rejected: [.done]
        }
    }
}

extension Rule<ConversionStatus> {
    package static var conversionStatus: Rule { oneOf(ConversionStatus.self, placeholder: .pending) }
}
