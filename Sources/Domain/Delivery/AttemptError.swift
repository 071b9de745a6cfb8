package import JSON

/// The error of an attempt.
package struct AttemptError: Sendable, Hashable, Error {
    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package enum Code: String, CaseIterable, Sendable {
        case dns, connect, tls, timeout, `protocol`
        case forbiddenTarget = "forbidden_target"
        case unsafeHeader = "unsafe_header"
        case unsafeURL = "unsafe_url"
        case tooLarge = "too_large"
        case missingValue = "missing_value"
        case secret
        case httpStatus = "http_status"
        case responseMismatch = "response_mismatch"
    }

    package var json: JSON { ["code": .string(code.rawValue), "message": .string(message)] }
}
