import Domain
import FunctionRuntime
import HTTP
import Input
import JSON

/// The result of a call: an answer of deliverPostback, or a failure of the platform. For such a failure the poller
/// charges no attempt, because neither the delivery nor its receiver has caused it (R12).
enum PlatformVerdict {
    /// The function's output, as JSON in one line.
    case output([UInt8])
    /// The function's own error: it has made no attempt.
    case functionError([UInt8])
    /// The platform did not take the call: nothing was sent to the receiver.
    case refused(reason: String, message: String, isMisconfigured: Bool)
    /// The call was not sent to the platform.
    case notSent(reason: String, message: String)
    /// The platform took the call, and no answer of the function came back: it is not known whether the receiver got the
    /// request.
    case unanswered(reason: String, message: String)
    /// Something is missing on this machine.
    case faultHere(message: String, isMisconfigured: Bool)

    init(_ completion: HTTPCompletion, of call: RemoteCall) {
        switch completion.result {
        case .success(let response): self.init(response, of: call)
        case .failure(let failure):
            switch failure.kind {
            case .unavailableHere: self = .faultHere(message: failure.message, isMisconfigured: false)
            case .misconfiguredHere, .forbiddenTarget:
                self = .faultHere(message: failure.message, isMisconfigured: true)
            case .dns, .connect, .tls, .timeout, .protocol:
                self =
                    completion.isSent
                    ? .unanswered(reason: failure.kind.rawValue, message: failure.message)
                    : .notSent(reason: failure.kind.rawValue, message: failure.message)
            }
        }
    }

    private init(_ response: HTTPResponse, of call: RemoteCall) {
        if !response.isTruncated, let own = PlatformVerdict.answer(response, of: call) {
            self = own
            return
        }
        let reason = String(response.status)
        let message = "the platform answered \(reason)"
        switch response.status {
        // The platform has no room for the call (RFC 6585 §4, RFC 9110 §15.6.4).
        case 429, 503: self = .refused(reason: reason, message: message, isMisconfigured: false)
        // The URL or the authorization is wrong, or the function is not there.
        case 300...399, 401, 403, 404, 405, 411, 413, 415:
            self = .refused(reason: reason, message: message, isMisconfigured: true)
        case 200...299:
            self = .unanswered(
                reason: "not_ours", message: "\(message) with a body that deliverPostback did not write for this call")
        default: self = .unanswered(reason: reason, message: message)
        }
    }

    /// The answer of deliverPostback to this very call; nil if the body is none. A cache in between, or another
    /// function at that URL, would answer something else. Only the members that identify the call are read.
    private static func answer(_ response: HTTPResponse, of call: RemoteCall) -> PlatformVerdict? {
        let body = response.body
        guard let members = try? JSON.outline(of: body, depth: JSON.depthLimit + 1),
            Set(members.map(\.name)).count == members.count
        else { return nil }
        func value(_ name: String) -> JSON? {
            members.first { $0.name == name }.flatMap { try? JSON(parsing: Array(body[$0.place])) }
        }
        if value("outcome")?.text.flatMap(Judgement.Outcome.init) != nil, value("deliveryId") == call.delivery,
            value("attempt") == call.attempt
        {
            return .output(PlatformVerdict.inOneLine(body))
        }
        if members.map(\.name) == ["error"], let error = value("error"),
            error["code"]?.text.flatMap(FunctionError.Code.init) != nil, error["message"]?.text != nil,
            case .bool? = error["retryable"]
        {
            return .functionError(error.bytes)
        }
        return nil
    }

    /// JSON without line breaks between its tokens; the function itself writes none but the last.
    private static func inOneLine(_ body: [UInt8]) -> [UInt8] {
        let end = body.lastIndex { $0 != 0x0A && $0 != 0x0D } ?? body.startIndex
        let text = body[...end]
        if !text.contains(where: { $0 == 0x0A || $0 == 0x0D }) { return Array(text) }
        return Array(JSON.compact(String(decoding: text, as: UTF8.self)).utf8)
    }

    /// Whether the platform has failed, so that another endpoint is the better choice for a while.
    var isOfPlatform: Bool {
        switch self {
        case .refused, .notSent, .unanswered: true
        case .output, .functionError, .faultHere: false
        }
    }

    var wasNotSent: Bool { if case .notSent = self { true } else { false } }

    /// Whether the authorization may be to blame.
    var isRefusal: Bool { if case .refused(_, _, isMisconfigured: true) = self { true } else { false } }

    /// The line for the poller. The detail `platform` names the reason; its code says what may have happened: after
    /// `unavailable` and `misconfigured` nothing was sent to the receiver, after `internal` it is not known.
    func line(for call: RemoteCall) -> [UInt8] {
        let error: FunctionError
        switch self {
        case .output(let bytes): return RemoteCall.line(call.id, "output", bytes)
        case .functionError(let bytes): return RemoteCall.line(call.id, "error", bytes)
        case .faultHere(let message, let isMisconfigured):
            error = FunctionError(isMisconfigured ? .misconfigured : .unavailable, message)
        case .refused(let reason, let message, let isMisconfigured):
            error = .ofPlatform(isMisconfigured ? .misconfigured : .unavailable, reason, message)
        case .notSent(let reason, let message): error = .ofPlatform(.unavailable, reason, message)
        case .unanswered(let reason, let message): error = .ofPlatform(.internal, reason, message)
        }
        return RemoteCall.line(call.id, "error", error.json.bytes)
    }
}

extension FunctionError {
    fileprivate static func ofPlatform(_ code: Code, _ reason: String, _ message: String) -> FunctionError {
        FunctionError(code, message, details: [Fault(Path.root.member("platform"), reason)])
    }
}
