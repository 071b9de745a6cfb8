package import JSON
import System

extension Outbox {
    /// One attempt, in the parts that `complete_deliveries` stores.
    package struct AttemptRecord: Sendable {
        /// The id of its line: delivery, lease and the postback's version.
        package let lineID: String
        package let outcome: String
        /// The seconds until the next attempt, as JSON writes them; nil if there is none.
        let retrySeconds: String?
        let pausesPostback: Bool
        /// Whether any of the request was handed to a connection; nil if that is not known.
        let isSent: Bool?
        /// Whether the attempt does not count as one of those that the delivery has.
        let isUncharged: Bool
        /// Three digits; nil if no answer came.
        let httpStatus: String?
        package let errorCode: String?
        /// The duration of the attempt, as JSON writes it; nil if it was not measured.
        let milliseconds: String?
        let remoteAddress: String?
        // These are JSON.
        let request: ArraySlice<UInt8>?
        let response: ArraySlice<UInt8>?
        let error: ArraySlice<UInt8>?
        let timing: ArraySlice<UInt8>?

        /// The outline of a line of deliverPostback, `{"id":…,"output":{…}}`: two levels around the function's own values.
        /// Nil if it is not one object, or if a name stands twice in it or in its output.
        package static func outline(of line: [UInt8]) -> JSONOutline? {
            JSONOutline(line, opening: ["output", "response", "error", "timing"], depth: JSON.depthLimit + 2)
        }

        /// Takes the parts of the output in the outline of a line. Nil if it has no outcome.
        package init?(lineID: String, output: JSONOutline) {
            guard let outcome = output["outcome"]?.text else { return nil }
            self.lineID = lineID
            self.outcome = outcome
            retrySeconds = output["retryInSeconds"]?.numberText
            pausesPostback = output["pausePostback"] == .bool(true)
            isSent = output["sent"].flatMap { $0 == .bool(true) ? true : $0 == .bool(false) ? false : nil }
            isUncharged = output["uncharged"] == .bool(true)
            let status = output.outline("response")?["status"]?.numberText
            httpStatus = status.flatMap { $0.utf8.count == 3 && Int($0) ?? 0 >= 100 ? $0 : nil }
            errorCode = output.outline("error")?["code"]?.text
            milliseconds = output.outline("timing")?["totalMs"]?.numberText
            remoteAddress = output["remoteAddress"]?.text
            request = output.bytes("request")
            response = output.bytes("response")
            error = output.bytes("error")
            timing = output.bytes("timing")
        }

        /// An attempt without an answer of deliverPostback. `wait` is the time until the next attempt; nil if there is none.
        package init(
            lineID: String, outcome: String, wait: Duration?, code: String, message: String, isCharged: Bool
        ) {
            self.lineID = lineID
            self.outcome = outcome
            retrySeconds = wait.map { "\($0.seconds)" }
            pausesPostback = false
            isSent = nil
            isUncharged = !isCharged
            httpStatus = nil
            errorCode = code
            milliseconds = nil
            remoteAddress = nil
            request = nil
            response = nil
            error = (["code": .string(code), "message": .string(message)] as JSON).bytes[...]
            timing = nil
        }
    }
}

extension JSON {
    /// The text of a number; nil for every other value.
    fileprivate var numberText: String? { if case .number(let text) = self { text } else { nil } }
}
