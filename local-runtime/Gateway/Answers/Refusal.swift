package import Adapters
package import FunctionRuntime
import Input
package import JSON
import Text

/// A failure as the caller gets it over HTTP: the function's own error, or an error of the gateway.
package struct Refusal: Error, Equatable, Sendable {
    package let status: Int
    package let code: String
    package let message: String
    package let isRetryable: Bool
    package let details: [Detail]
    /// Headers such as `Allow` that belong to the status.
    package let headers: [HTTPAnswer.Field]

    /// A fault in one field.
    package struct Detail: Equatable, Sendable {
        package let field: String
        package let message: String
    }

    package init(
        _ status: Int, _ code: String, _ message: String, isRetryable: Bool = false, details: [Detail] = [],
        headers: [HTTPAnswer.Field] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
        self.details = details
        self.headers = headers
    }

    /// The error of a function with the HTTP status that its code has.
    package init(_ error: FunctionError) {
        self.init(
            error.code.httpStatus, error.code.rawValue, error.message, isRetryable: error.code.isRetryable,
            details: error.details.map { Detail(field: $0.field, message: $0.message) },
            headers: error.code.isRetryable ? [Refusal.soon] : [])
    }

    /// The error that a function wrote, given the value of its member `error`. A code that this program does not know
    /// counts as `internal`.
    package init(ofFunction error: JSON) {
        let code = error["code"]?.text ?? FunctionError.Code.internal.rawValue
        let known = FunctionError.Code(rawValue: code) ?? .internal
        var details: [Detail] = []
        if case .array(let items)? = error["details"] {
            details = items.map { Detail(field: $0["field"]?.text ?? "", message: $0["message"]?.text ?? "") }
        }
        self.init(
            known.httpStatus, code, error["message"]?.text ?? "the function failed", isRetryable: known.isRetryable,
            details: details, headers: known.isRetryable ? [Refusal.soon] : [])
    }

    /// The caller has made no mistake, and may try again in a second.
    package static func unavailable(_ message: String) -> Refusal {
        Refusal(503, "unavailable", message, isRetryable: true, headers: [soon])
    }

    private static let soon = HTTPAnswer.Field("Retry-After", "1")

    /// The answer: in the form of every function, or as problem details (RFC 9457) if the request prefers these.
    package func response(to request: Request?) -> HTTPAnswer {
        let asProblem = request?.values(of: "accept").contains { $0.contains("application/problem+json") } ?? false
        let json = asProblem ? problem : ["error": error]
        let type = asProblem ? "application/problem+json" : "application/json"
        return HTTPAnswer(status, type: type, json.bytes + [UInt8(ascii: "\n")], headers: headers)
    }

    private var error: JSON {
        [
            "code": .string(code), "message": .string(message), "retryable": .bool(isRetryable),
            "details": .array(details.map { ["field": .string($0.field), "message": .string($0.message)] }),
        ]
    }

    private var problem: JSON {
        [
            "type": .string("urn:postbacks:error:\(code)"), "title": .string(HTTPStatus.reason(status)),
            "status": .integer(status), "detail": .string(message), "code": .string(code),
            "retryable": .bool(isRetryable),
            "errors": .array(
                details.map { ["pointer": .string(Pointer.text(ofField: $0.field)), "detail": .string($0.message)] }),
        ]
    }
}

extension FunctionError.Code {
    /// The HTTP status of an answer with this code.
    package var httpStatus: Int {
        switch self {
        case .invalidJSON, .invalidRequest: 400
        case .notFound: 404
        case .conflict: 409
        case .unavailable: 503
        case .misconfigured, .internal: 500
        }
    }
}

/// JSON Pointers (RFC 6901).
package enum Pointer {
    /// The pointer of a field that errors name as `goals[0].id`.
    package static func text(ofField field: String) -> String {
        guard !field.isEmpty else { return "#" }
        var pointer = "#/"
        for character in field {
            switch character {
            case ".", "[": pointer += "/"
            case "]": continue
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.append(character)
            }
        }
        return pointer
    }
}
