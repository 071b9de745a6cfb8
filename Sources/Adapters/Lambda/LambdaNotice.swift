import JSON

/// An event of EventBridge, whose `detail` is the function's input. Nobody waits for the answer; Lambda repeats a call
/// that has failed.
package struct LambdaNotice: Equatable, Sendable {
    package let detail: [UInt8]

    /// - Returns: nil for every other event.
    init?(_ event: JSON) {
        guard event["detail-type"]?.text != nil, event["source"]?.text != nil, let detail = event["detail"] else {
            return nil
        }
        self.detail = detail.bytes
    }
}
