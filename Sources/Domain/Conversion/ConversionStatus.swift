package import Input

/// The status of a conversion.
package enum ConversionStatus: String, CaseIterable, Sendable {
    case pending, done, rejected

    /// The statuses that may follow this one; none leads back to pending (R5).
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
