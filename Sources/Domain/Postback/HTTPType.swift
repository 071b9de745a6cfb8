package import Input
import JSON

/// The kind of request that a postback sends.
package enum HTTPType: String, CaseIterable, Sendable {
    case get = "GET"
    case form = "POST(FORM)"
    case json = "POST(JSON)"

    package var method: String { self == .get ? "GET" : "POST" }

    /// The media type of the body; nil if there is none.
    package var contentType: String? {
        switch self {
        case .get: nil
        case .form: "application/x-www-form-urlencoded"
        case .json: "application/json"
        }
    }
}

extension Rule<HTTPType> {
    package static var httpType: Rule { oneOf(HTTPType.self, placeholder: .get) }
}
