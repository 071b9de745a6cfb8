package import JSON
import Text

/// An HTTP request that API Gateway (payload format 2.0) or a function URL has put into an event, and the form in which
/// they take its answer.
package struct LambdaRequest: Equatable, Sendable {
    package let method: String
    /// The function's input; nil if the event calls it Base64 and it is not.
    package let body: [UInt8]?

    /// - Returns: nil for every other event.
    init?(_ event: JSON) {
        guard event["version"] == "2.0", let method = event["requestContext"]?["http"]?["method"]?.text else {
            return nil
        }
        self.method = method
        let text = event["body"]?.text ?? ""
        body = event["isBase64Encoded"] == true ? Base64.decode(text) : Array(text.utf8)
    }

    /// The answer in the form that becomes an HTTP response. `body` is text in UTF-8.
    package static func answer(status: Int, headers: [(name: String, value: String)], _ body: [UInt8]) -> [UInt8] {
        let fields = headers.map { JSON.Member($0.name.lowercased(), .string($0.value)) }
        let answer: JSON = [
            "statusCode": .integer(status), "headers": .object(fields),
            "body": .string(String(decoding: body, as: UTF8.self)), "isBase64Encoded": false,
        ]
        return answer.bytes
    }

    /// An event with an input, as a function URL sends it.
    package static func event(with input: [UInt8]) -> JSON {
        [
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
            "headers": ["content-type": "application/json", "host": "example.lambda-url.eu-central-1.on.aws"],
            "requestContext": [
                "accountId": "anonymous", "apiId": "example", "domainName": "example.lambda-url.eu-central-1.on.aws",
                "http": [
                    "method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                    "userAgent": "postbacks-generate",
                ], "requestId": "8f7ad8a1-0000-4000-8000-000000000001", "routeKey": "$default", "stage": "$default",
                "time": "02/Jan/2026:03:04:05 +0000", "timeEpoch": 1_767_323_045_000,
            ], "body": .string(String(decoding: input, as: UTF8.self)), "isBase64Encoded": false,
        ]
    }
}
