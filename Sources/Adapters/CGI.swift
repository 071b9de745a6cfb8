import Text

/// The Common Gateway Interface (RFC 3875): nginx with fcgiwrap, lighttpd, busybox httpd and others start the function
/// for each request. The function's output becomes the answer; nobody looks at its exit status.
package struct CGI: Sendable {
    static let variable = "GATEWAY_INTERFACE"

    private let method: String
    private let contentLength: String?

    /// - Returns: nil where no web server has started this process. The arguments do not count, because a web server
    ///   may take them from the request's query.
    package init?(environment: [String: String]) {
        guard environment[CGI.variable]?.hasPrefix("CGI/") == true else { return nil }
        method = environment["REQUEST_METHOD"] ?? ""
        contentLength = environment["CONTENT_LENGTH"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The number of bytes of standard input that belong to the body. A web server may leave standard input open after
    /// them. Without a length there is no body.
    /// - Throws: an error if the length is no number.
    package func bodyLength() throws(UnusableCall) -> Int {
        guard let contentLength else { return 0 }
        guard contentLength.utf8.allSatisfy(\.isDigit), let length = Int(contentLength) else {
            throw UnusableCall("CONTENT_LENGTH must be the number of bytes of the body")
        }
        return length
    }

    /// The answer to a request that calls no function, because its method is not POST; nil for POST.
    package var refusal: [UInt8]? {
        guard method != "POST" else { return nil }
        let error = UnusableCall("a function is called with POST")
        return CGI.bytes(405, ["Allow: POST"], method == "HEAD" ? [] : error.answer.object)
    }

    package func answer(_ answer: FunctionAnswer) -> [UInt8] {
        CGI.bytes(answer.httpStatus, answer.isRetryable ? ["Retry-After: 1"] : [], answer.object)
    }

    private static func bytes(_ status: Int, _ headers: [String], _ object: [UInt8]) -> [UInt8] {
        let lines =
            ["Status: \(status) \(HTTPStatus.reason(status))", "Content-Type: application/json"] + headers + ["", ""]
        return Array(lines.joined(separator: "\r\n").utf8) + object + [UInt8(ascii: "\n")]
    }
}
