package import Input
package import JSON

/// A failure as the caller sees it. Its code determines the exit status.
package struct FunctionError: Error, Equatable, Sendable {
    /// The kind of failure; the raw value is the answer's `code`.
    package enum Code: String, Sendable, CaseIterable {
        /// The input is not one JSON object, or parsers disagree about its meaning, for example because a name occurs
        /// twice.
        case invalidJSON = "invalid_json"
        /// A field is missing, unknown or wrong.
        case invalidRequest = "invalid_request"
        /// Something that the input names does not exist.
        case notFound = "not_found"
        /// The rules forbid the operation.
        case conflict
        /// The database is unreachable or busy; the caller may try again.
        case unavailable
        /// A setting is missing or wrong.
        case misconfigured
        /// A bug. The caller gets no details; the log has them.
        case `internal`

        /// Exit statuses follow sysexits.h: EX_DATAERR, EX_NOINPUT, EX_TEMPFAIL, EX_CONFIG, EX_SOFTWARE; 67 is a
        /// conflict.
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

        /// Whether the input is the cause, so that repeating the call cannot help.
        package var isFinalRejection: Bool { (65...67).contains(exitStatus) }
    }

    package let code: Code
    package let message: String
    /// At most `Fault.limit` faults.
    package let details: [Fault]

    package init(_ code: Code, _ message: String, details: [Fault] = []) {
        self.code = code
        self.message = message
        self.details = Array(details.prefix(Fault.limit))
    }

    /// All faults of an input in one error. The message counts them; the details list the first `Fault.limit`.
    package static func invalidRequest(_ faults: [Fault]) -> FunctionError {
        let first =
            faults.first.map { $0.field.isEmpty ? "the input \($0.message)" : "\($0.field) \($0.message)" } ?? ""
        let list = faults.count > Fault.limit ? "details lists the first \(Fault.limit)" : "see details"
        let more = faults.count > 1 ? " (and \(faults.count - 1) more, \(list))" : ""
        return FunctionError(.invalidRequest, first + more, details: faults)
    }

    /// A fault in one field.
    package static func invalidRequest(_ field: String, _ message: String) -> FunctionError {
        .invalidRequest([Fault(Path.root.member(field), message)])
    }

    /// Something that does not exist, with the field that names it.
    package static func notFound(_ field: String, _ message: String) -> FunctionError {
        FunctionError(.notFound, message, details: [Fault(Path.root.member(field), message)])
    }

    /// Several things that do not exist; at least one.
    package static func notFound(_ faults: [Fault]) -> FunctionError {
        let more = faults.count > 1 ? " (and \(faults.count - 1) more, see details)" : ""
        return FunctionError(.notFound, (faults.first?.message ?? "") + more, details: faults)
    }

    /// An operation that a rule forbids, with the field that asks for it.
    package static func conflict(_ field: String, _ message: String) -> FunctionError {
        FunctionError(.conflict, message, details: [Fault(Path.root.member(field), message)])
    }

    /// A bug. The code that returns this error must log the details.
    package static let `internal` = FunctionError(.internal, "an internal error; the log has the details")

    /// The value of the answer's `error` member.
    package var json: JSON {
        [
            "code": .string(code.rawValue),
            "message": .string(message),
            "retryable": .bool(code.isRetryable),
            "details": .array(details.map { ["field": .string($0.field), "message": .string($0.message)] }),
        ]
    }
}
