import JSON

/// An event of AWS Lambda, told by its form: a function gets the same kind of call from whoever invokes it.
package enum LambdaEvent: Sendable {
    /// The bytes are the function's input, or nothing that this program knows; the function says what is wrong with them.
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
