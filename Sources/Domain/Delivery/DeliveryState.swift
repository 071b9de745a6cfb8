package import Input

/// The state of a delivery. In the first four states it is in the outbox, in the others it is finished.
package enum DeliveryState: String, CaseIterable, Sendable {
    /// Not attempted yet.
    case owed
    /// Attempted, and to be attempted again.
    case retrying
    case inFlight = "in_flight"
    /// Its postback is paused.
    case held
    case delivered
    /// Refused by the receiver for good.
    case failed
    /// Attempted as often as the schedule allows.
    case dead
    /// Not sent: a value was missing that the postback requires, or a later event of the conversion was delivered
    /// first.
    case skipped
    /// Its postback was deleted.
    case cancelled
}

extension Rule<DeliveryState> {
    package static var deliveryState: Rule { oneOf(DeliveryState.self, placeholder: .owed) }
}
