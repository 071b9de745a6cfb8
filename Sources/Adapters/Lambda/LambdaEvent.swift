import JSON

/// An event of AWS Lambda. Its form shows which service sent it; Lambda itself does not say that.
package enum LambdaEvent: Sendable {
    /// The event itself is the function's input. If its form is unknown, the function reports the fault.
    case input
    case request(LambdaRequest)
    case messages(LambdaMessages)
    case notice(LambdaNotice)

    package init(_ bytes: [UInt8]) {
        // The input may be nested as deeply as a function allows, and the event puts some levels around it.
        guard let json = try? JSON(parsing: bytes, depth: JSON.depthLimit + 8) else {
            self = .input
            return
        }
        if let request = LambdaRequest(json) {
            self = .request(request)
        } else if let messages = LambdaMessages(json) {
            self = .messages(messages)
        } else if let notice = LambdaNotice(json) {
            self = .notice(notice)
        } else {
            self = .input
        }
    }
}
