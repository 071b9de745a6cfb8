import JSON

/// The action loop of Apache OpenWhisk: the proxy starts the function once and writes a line for each activation. The
/// answer is a line on descriptor 3; standard output is the log.
package struct OpenWhisk: Sendable {
    /// The bytes with which the function says that it has started; nil where the proxy does not wait for them.
    package let acknowledgement: [UInt8]?

    /// The descriptor of the answers.
    package static let answerDescriptor: CInt = 3

    /// How much longer than the input a line may be: the members beside it, and those of a web action.
    package static let envelopeLimit = 1 << 16

    /// - Returns: nil where no proxy has started this process.
    package init?(environment: [String: String]) {
        guard environment["__OW_PROXY_VERSION"] != nil else { return nil }
        let waits = environment["__OW_WAIT_FOR_ACK"].map { !$0.isEmpty } ?? false
        acknowledgement = waits ? Array("{\"ok\":true}\n".utf8) : nil
    }

    /// The input in a line: the member `value`, without those of its members that describe a web action's request.
    package static func input(of line: [UInt8]) throws(UnusableCall) -> [UInt8] {
        // The function itself reports faults below the first level of nesting.
        guard let members = try? JSON.outline(of: line, depth: JSON.depthLimit + 64),
            let place = members.first(where: { $0.name == "value" })?.place
        else { throw UnusableCall("the line must be one JSON object with the member \"value\"") }
        let value = Array(line[place])
        guard let inner = try? JSON.outline(of: value, depth: JSON.depthLimit + 63) else { return value }
        let input = inner.filter { !$0.name.hasPrefix("__ow_") }
        return input.count == inner.count ? value : ObjectBytes.make(of: value, input)
    }

    /// A failure has the member `error`, by which OpenWhisk recognises it.
    package static func answer(_ answer: FunctionAnswer) -> [UInt8] { answer.object + [UInt8(ascii: "\n")] }
}
