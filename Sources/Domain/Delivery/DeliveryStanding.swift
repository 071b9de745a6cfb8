/// The state of a delivery, and the values that explain it; times are RFC 3339.
package struct DeliveryStanding {
    package var state: DeliveryState
    /// The number of attempts so far.
    package var attempts = 0
    package var dueAt: String?
    package var finishedAt: String?
    package var pausedReason: String?
    /// The status of the answer to the last attempt; the error's code and message are also those of the last attempt.
    package var responseStatus: Int?
    package var errorCode: String?
    package var errorMessage: String?
    /// The delivery that goes out first, and the number of its event.
    package var waitsFor: (deliveryID: Int, eventSequence: Int)?

    package init(_ state: DeliveryState) { self.state = state }

    /// An explanation for people, which begins with the state.
    package var reason: String {
        switch state {
        case .owed: "owed: " + waiting
        case .retrying: "retrying: \(waiting); the last attempt: \(lastAttempt)"
        case .inFlight: "in_flight: it is being sent now"
        case .held:
            "held: its postback is paused\(pausedReason.map { " (\($0))" } ?? ""); updatePostback with resume sends it"
        case .delivered: "delivered\(at): \(answer ?? "the receiver has it")"
        case .failed: "failed\(at), and is not tried again: \(lastAttempt)"
        case .dead: "dead\(at) after \(attempts) attempt\(attempts == 1 ? "" : "s"), the last one: \(lastAttempt)"
        case .skipped: "skipped\(at): \(lastAttempt)"
        case .cancelled: "cancelled\(at): its postback was deleted"
        }
    }

    private var at: String { finishedAt.map { " at \($0)" } ?? "" }

    private var waiting: String {
        if let waitsFor {
            "it waits for delivery \(waitsFor.deliveryID) of the earlier event \(waitsFor.eventSequence)"
        } else {
            "it is due\(dueAt.map { " at \($0)" } ?? "")"
        }
    }

    private var answer: String? { responseStatus.map { "the receiver answered \($0)" } }

    private var lastAttempt: String {
        let error = errorCode.map { code in errorMessage.map { "\($0) (\(code))" } ?? code }
        return switch (answer, error) {
        case (let answer?, _) where errorCode == AttemptError.Code.httpStatus.rawValue: answer
        case (let answer?, let error?): "\(answer): \(error)"
        case (let answer?, nil): answer
        case (nil, let error?): error
        case (nil, nil): "its attempts are not kept any more"
        }
    }
}
