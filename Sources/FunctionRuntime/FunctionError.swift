package import JSON

/// A failure as the caller sees it. Its code fixes the exit status and the HTTP status.
package struct FunctionError: Error, Equatable, Sendable {
    /// What kind of failure it is; the raw value is the `code` on the wire.
    package enum Code: String, Sendable, CaseIterable {
        /// Not one JSON object, or one that readers disagree about.
        case invalidJSON = "invalid_json"
        /// A missing, unknown or wrong field.
        case invalidRequest = "invalid_request"
        /// Something that the input names is not known.
        case notFound = "not_found"
        /// The rules forbid it.
        case conflict
        /// The database is unreachable or busy: the caller may try again.
        case unavailable
        /// A setting is missing or wrong.
        case misconfigured
        /// A bug here. The caller learns no detail; the log has it.
        case `internal`

        /// Exit statuses after sysexits.h: EX_DATAERR, EX_NOINPUT, EX_TEMPFAIL, EX_CONFIG, EX_SOFTWARE; 67 is a conflict.
        package var exitStatus: Int32 {
            switch self {
            case .invalidJSON, .invalidRequest: 65
            case .notFound: 66
            case .conflict: 67
            case .internal: 70
            case .unavailable: 75
            case .misconfigured: 78
            }
        }

        /// Whether the same call may succeed later.
        package var isRetryable: Bool { self == .unavailable }

        /// Whether the input is to blame, so that no repetition helps.
        package var isFinalRejection: Bool { (65...67).contains(exitStatus) }
    }

    package let code: Code
    package let message: String
    /// At most `Fault.limit` of them.
    package let details: [Fault]

    package init(_ code: Code, _ message: String, details: [Fault] = []) {
        self.code = code
        self.message = message
        self.details = Array(details.prefix(Fault.limit))
    }

    /// Everything that is wrong with an input, in one error that says how much it is and lists the first `Fault.limit` of it.
    package static func invalidRequest(_ faults: [Fault]) -> FunctionError {
        let first =
            faults.first.map { $0.field.isEmpty ? "the input \($0.message)" : "\($0.field) \($0.message)" } ?? ""
        let list = faults.count > Fault.limit ? "details lists the first \(Fault.limit)" : "see details"
        let more = faults.count > 1 ? " (and \(faults.count - 1) more, \(list))" : ""
        return FunctionError(.invalidRequest, first + more, details: faults)
    }

    /// One wrong field.
    package static func invalidRequest(_ field: String, _ message: String) -> FunctionError {
        .invalidRequest([Fault(Path.root.member(field), message)])
    }

    /// Something unknown, with the field that names it.
    package static func notFound(_ field: String, _ message: String) -> FunctionError {
        FunctionError(.notFound, message, details: [Fault(Path.root.member(field), message)])
    }

    /// Several unknown things, at least one.
    package static func notFound(_ faults: [Fault]) -> FunctionError {
        let more = faults.count > 1 ? " (and \(faults.count - 1) more, see details)" : ""
        return FunctionError(.notFound, (faults.first?.message ?? "") + more, details: faults)
    }

    /// A rule that forbids it, with the field that asks for it.
    package static func conflict(_ field: String, _ message: String) -> FunctionError {
        FunctionError(.conflict, message, details: [Fault(Path.root.member(field), message)])
    }

    /// A bug. What happened is logged by whoever makes this.
    package static let `internal` = FunctionError(.internal, "an internal error; the log has the details")

    /// The value of the answer's member `error`.
    package var json: JSON {
        [
            "code": .string(code.rawValue),
            "message": .string(message),
            "retryable": .bool(code.isRetryable),
            "details": .array(details.map { ["field": .string($0.field), "message": .string($0.message)] }),
        ]
    }
}
