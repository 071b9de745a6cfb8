import Domain
import JSON
import Store
import System

/// An answer of the delivery process to one claim, as a line that PostgreSQL can read: an unreadable line would make
/// its whole batch fail.
struct Answer {
    /// `delivery/lease/version`, as claimed.
    let id: String
    /// `{"id":…,"output":{…}}`.
    let line: [UInt8]
    let reaction: Reaction
    /// Whether a secret of the delivery did not open.
    let isOfSecret: Bool
    private let isBare: Bool

    /// The answer to a claim whose process ended before it answered, so that the request may have been sent.
    /// - Parameters:
    ///   - wait: the seconds until the next attempt; nil if there is none.
    ///   - isCharged: whether the attempt counts as one of those that the delivery has.
    static func lost(_ claim: Outbox.Claim, wait: Double?, isCharged: Bool) -> Answer {
        Answer(
            id: claim.id, outcome: "unknown", retryInSeconds: wait, code: "lost",
            message: "the delivery process ended before it answered; it may have been sent", isCharged: isCharged)
    }

    /// The same outcome without details, for an answer whose details the database cannot store; nil if it has no
    /// details.
    var withoutDetails: Answer? {
        guard !isBare, let answer = Outline(line, depth: JSON.depthLimit + 2),
            let outcome = answer.outline("output")?["outcome"]?.text
        else { return nil }
        return Answer(
            id: id, outcome: outcome, retryInSeconds: outcome == "retry" ? 60 : nil, code: "internal",
            message: "the answer of the delivery function could not be stored", isCharged: true)
    }

    fileprivate init(
        id: String, line: [UInt8], reaction: Reaction = .untried, isOfSecret: Bool = false, isBare: Bool = false
    ) {
        self.id = id
        self.line = line
        self.reaction = reaction
        self.isOfSecret = isOfSecret
        self.isBare = isBare
    }

    fileprivate init(
        id: String, outcome: String, retryInSeconds: Double?, code: String, message: String, isCharged: Bool
    ) {
        var output: [JSON.Member] = [
            JSON.Member("outcome", .string(outcome)),
            JSON.Member("error", ["code": .string(code), "message": .string(message)]),
        ]
        if let retryInSeconds { output.append(JSON.Member("retryInSeconds", .number("\(retryInSeconds)"))) }
        if !isCharged { output.append(JSON.Member("uncharged", true)) }
        let line: JSON = ["id": .string(id), "output": .object(output)]
        self.init(id: id, line: line.bytes, isBare: true)
    }

    fileprivate static let outcomes = ["delivered", "retry", "failed", "skipped"]
}

/// A line of the delivery process.
enum DeliveryLine {
    /// It has made an attempt, or decided that there is none to make.
    case attempt(Answer)
    /// It cannot send because of a fault on this side (R12): nothing was sent, and neither the delivery nor its
    /// receiver is to blame.
    case complaint(id: String, Complaint)
    /// It does not accept the line as its input.
    case refusal(id: String, message: String)

    struct Complaint {
        /// `unavailable`, `misconfigured` or `internal`.
        let code: String
        let message: String
        /// Whether a key is missing here that other deliveries may not need.
        var isOfKey = false

        /// Seconds until the same delivery is tried again: a shortage passes soon, a misconfiguration has to be
        /// repaired.
        var wait: Double { code == "unavailable" ? Double.random(in: 2...4) : Double.random(in: 20...40) }
    }

    /// Nil for a line that is no answer. Duplicate names make a line no answer, both in the line and in its output:
    /// PostgreSQL would read the last one, this reader the first.
    init?(_ line: [UInt8]) {
        guard let answer = Outline(line, depth: JSON.depthLimit + 2), let id = answer["id"]?.text else { return nil }
        if let error = answer["error"] {
            let message = error["message"]?.text ?? "it gave no reason"
            switch error["code"]?.text {
            case "unavailable"?, "misconfigured"?, "internal"?:
                // Details name what is wrong with this line alone.
                let isOfKey = if case .array(let details)? = error["details"] { !details.isEmpty } else { false }
                self = .complaint(
                    id: id, Complaint(code: error["code"]?.text ?? "internal", message: message, isOfKey: isOfKey))
            default: self = .refusal(id: id, message: message)
            }
        } else if let output = answer.outline("output"), let outcome = output["outcome"]?.text,
            Answer.outcomes.contains(outcome)
        {
            // Only the outcome is read if the delivery was delivered.
            let isDelivered = outcome == "delivered"
            self = .attempt(
                Answer(
                    id: id, line: line, reaction: isDelivered ? .answered : Reaction(output),
                    isOfSecret: !isDelivered && output["error"]?["code"] == "secret"))
        } else {
            return nil
        }
    }

    /// The answer to a delivery whose input the function refused: a bug, or a row of another version. The operator sees
    /// it in the attempt.
    static func refused(_ id: String, _ message: String) -> Answer {
        Answer(id: id, outcome: "failed", retryInSeconds: nil, code: "internal", message: message, isCharged: true)
    }
}

extension Reaction {
    /// - Parameter output: the output of deliverPostback.
    fileprivate init(_ output: Outline) {
        if let response = output["response"], case .number(let status)? = response["status"] {
            guard status == "429" || status == "503" else {
                self = .answered
                return
            }
            let asked = (response["headers"] ?? .null).members.filter { $0.name.lowercased() == "retry-after" }
                .compactMap(\.value.text)
            let now = Timestamp(milliseconds: Clock.unixMilliseconds)
            self = .overloaded(pause: RetryAfter.seconds(asked, now: now) ?? 0)
        } else {
            switch output["error"]?["code"]?.text {
            case "dns", "connect", "tls", "timeout", "protocol": self = .failed
            default: self = .untried
            }
        }
    }
}

/// A JSON object without duplicate names. Only the members that are asked for are parsed.
struct Outline {
    private let bytes: [UInt8]
    private let depth: Int
    private let members: [(name: String, place: Range<Int>)]

    init?(_ bytes: [UInt8], depth: Int) {
        guard let members = try? JSON.outline(of: bytes, depth: depth),
            Set(members.map(\.name)).count == members.count
        else { return nil }
        self.bytes = bytes
        self.depth = depth
        self.members = members
    }

    subscript(name: String) -> JSON? { place(name).flatMap { try? JSON(parsing: Array(bytes[$0])) } }

    func outline(_ name: String) -> Outline? { place(name).flatMap { Outline(Array(bytes[$0]), depth: depth - 1) } }

    private func place(_ name: String) -> Range<Int>? { members.first { $0.name == name }?.place }
}
