/// The reason why nothing is sent.
package enum RenderingError: Error, Hashable {
    /// One of `skipWhenEmpty` has no value.
    case missingValue(macro: String)
    /// A header's value would contain a control character.
    case unsafeHeader(name: String)
    /// A segment of the URL's path would be `.` or `..`, and the request would go elsewhere.
    case unsafeURL(segment: String)
    /// A sealed secret cannot be opened. The message says which one and why, and contains nothing of it.
    case secret(String)
    /// The key that a sealed secret needs is not among the given ones.
    case missingKey(String)
    /// The values make the request larger than `RequestRendering.byteLimit`.
    case tooLarge

    package var code: AttemptError.Code {
        switch self {
        case .missingValue: .missingValue
        case .unsafeHeader: .unsafeHeader
        case .unsafeURL: .unsafeURL
        case .secret, .missingKey: .secret
        case .tooLarge: .tooLarge
        }
    }

    package var message: String {
        switch self {
        case .missingValue(let macro): "\(macro) has no value, and skipWhenEmpty names it"
        case .unsafeHeader(let name): "the value of the header \(name) would contain a control character"
        case .unsafeURL(let segment):
            "the URL's path would have the segment \"\(segment)\", which changes the path"
        case .secret(let message), .missingKey(let message): message
        case .tooLarge: "the request would exceed \(RequestRendering.byteLimit) bytes"
        }
    }
}
