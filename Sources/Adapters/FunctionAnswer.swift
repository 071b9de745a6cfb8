import JSON

/// The answer to one call of a function, as its process gives it: an exit status and one JSON object. An adapter writes
/// it in the form that its platform reads.
package struct FunctionAnswer: Sendable, Equatable {
    /// The exit status after sysexits.h: 0, 65, 66, 67, 70, 75 or 78.
    package let exitStatus: Int32
    /// The bytes of one JSON object, without a line feed behind them.
    package let object: [UInt8]

    package init(exitStatus: Int32, object: [UInt8]) {
        self.exitStatus = exitStatus
        self.object = object
    }

    /// The meaning of the exit status for a platform.
    package enum Kind: Sendable {
        case done
        /// The input is wrong (65).
        case invalid
        /// The input names something unknown, or a rule forbids the operation (66, 67).
        case refused
        /// The same call may succeed later (75).
        case unavailable
        /// A bug, or a setting that is wrong; every other exit status too.
        case broken
    }

    package var kind: Kind {
        switch exitStatus {
        case 0: .done
        case 65: .invalid
        case 66, 67: .refused
        case 75: .unavailable
        default: .broken
        }
    }

    /// Whether the input is the cause, so that repeating the call cannot help.
    package var isFinalRejection: Bool { kind == .invalid || kind == .refused }

    package var isRetryable: Bool { kind == .unavailable }

    /// The HTTP status that a platform passes on to the caller.
    package var httpStatus: Int {
        switch kind {
        case .done: 200
        case .invalid: 400
        case .refused: 422
        case .unavailable: 503
        case .broken: 500
        }
    }
}

/// A request of a platform from which no input can be read. The function is not called.
package struct UnusableCall: Error, Sendable, Equatable {
    /// A sentence without a full stop that says what is wrong, and what would be right.
    package let message: String

    package init(_ message: String) { self.message = message }

    /// The same as an answer of the function: invalid input.
    package var answer: FunctionAnswer {
        let error: JSON = [
            "code": "invalid_json", "message": .string(message), "retryable": false, "details": .array([]),
        ]
        return FunctionAnswer(exitStatus: 65, object: JSON.object([JSON.Member("error", error)]).bytes)
    }
}
