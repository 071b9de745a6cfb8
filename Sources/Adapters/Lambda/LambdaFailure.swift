package import JSON

/// The report of a failed call, or of a failed start, to Lambda's Runtime API.
package struct LambdaFailure: Equatable, Sendable {
    /// The kind of failure, such as `Function.Unavailable`: the `Lambda-Runtime-Function-Error-Type`.
    package let type: String
    package let message: String
    /// The function's own error object; nil if the function has answered nothing.
    package let error: JSON?

    /// `code` is a code of a function's errors, such as `unavailable`.
    package init(code: String, message: String, error: JSON? = nil) {
        type = "Function." + code.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        self.message = message
        self.error = error
    }

    /// The body of the report: the members that Lambda shows, and the function's error for callers that know it.
    package var body: [UInt8] {
        var members = [
            JSON.Member("errorMessage", .string(message)), JSON.Member("errorType", .string(type)),
            JSON.Member("stackTrace", []),
        ]
        if let error { members.append(JSON.Member("error", error)) }
        return JSON.object(members).bytes
    }
}
