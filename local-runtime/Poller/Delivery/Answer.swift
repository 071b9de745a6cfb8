import Domain
import JSON
import Store
import System

/// An answer of the delivery process to one claim.
struct Answer {
    /// The parts that the database stores.
    let record: Outbox.AttemptRecord
    /// `{"id":…,"output":{…}}`; empty if there is none.
    let line: [UInt8]
    let reaction: Reaction
    /// The parts of the attempt that are counted.
    let facts: AttemptFacts
    /// Whether the attempt ended because a secret of the delivery could not be opened.
    let isOfSecret: Bool
    /// The destination of its delivery; nil until it is known.
    private(set) var destination: Int?

    /// `delivery/lease/version`, as claimed.
    var id: String { record.lineID }

    /// The answer to a claim whose process ended before it answered, so that the request may have been sent. `wait` is
    /// the time until the next attempt; nil if there is none. `isCharged` says whether the attempt counts as one of
    /// those that the delivery has.
    static func lost(_ claim: Outbox.Claim, wait: Duration?, isCharged: Bool) -> Answer {
        Answer(
            id: claim.id, outcome: "unknown", retryIn: wait, code: "lost",
            message: "the delivery process ended before it answered; it may have been sent", isCharged: isCharged)
    }

    /// The answer to a claim that a FaaS platform took and did not answer, so that the request may have been sent. The
    /// attempt does not count: neither the delivery nor its receiver is to blame.
    static func unanswered(_ claim: Outbox.Claim, wait: Duration, message: String) -> Answer {
        Answer(
            id: claim.id, outcome: "unknown", retryIn: wait, code: "lost", message: "\(message); it may have been sent",
            isCharged: false)
    }

    /// The same answer, of a delivery to this destination.
    func to(_ destination: Int) -> Answer {
        var answer = self
        answer.destination = destination
        return answer
    }

    /// The same outcome without details, for an answer whose details the database cannot store; nil if it has no
    /// details.
    var withoutDetails: Answer? {
        guard !line.isEmpty else { return nil }
        return Answer(
            id: id, outcome: record.outcome, retryIn: record.outcome == "retry" ? .seconds(60) : nil, code: "internal",
            message: "the answer of deliverPostback could not be stored", isCharged: true)
    }

    /// `output` is the outline of the line's output; nil if that has no outcome.
    fileprivate init?(id: String, line: [UInt8], output: JSONOutline) {
        guard let record = Outbox.AttemptRecord(lineID: id, output: output),
            let outcome = Judgement.Outcome(rawValue: record.outcome)
        else { return nil }
        self.record = record
        self.line = line
        facts = AttemptFacts(output, outcome)
        reaction = Reaction(output, outcome)
        isOfSecret = outcome != .delivered && record.errorCode == "secret"
    }

    fileprivate init(
        id: String, outcome: String, retryIn: Duration?, code: String, message: String, isCharged: Bool
    ) {
        record = Outbox.AttemptRecord(
            lineID: id, outcome: outcome, wait: retryIn, code: code, message: message, isCharged: isCharged)
        line = []
        facts = AttemptFacts(outcome: outcome, errorCode: code, phases: [])
        reaction = .inconclusive
        isOfSecret = false
    }
}

/// A line of the delivery process.
enum DeliveryLine {
    /// The process has made an attempt, or has decided that nothing is sent.
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
        /// The reason for which the platform failed that runs deliverPostback, as a word for metrics; nil if no
        /// platform failed.
        var platformFailure: String?

        /// Whether the platform took the call and its result is not known.
        var mayHaveBeenSent: Bool { platformFailure != nil && code == "internal" }

        /// The time until the delivery is tried again. A shortage passes soon, but a misconfiguration has to be
        /// repaired. After a failure of a platform the time is short at first, and grows with each of the earlier
        /// `failures`.
        func wait(afterFailures failures: Int = 0) -> Duration {
            if platformFailure != nil, code != "misconfigured" {
                return .seconds(min(Double(1 << min(failures, 6)), 60) * Double.random(in: 1...1.2))
            }
            return .seconds(code == "unavailable" ? Double.random(in: 2...4) : Double.random(in: 20...40))
        }
    }

    /// Returns nil if the line is not an answer. A line with two members of the same name, in itself or in its output,
    /// is not an answer.
    init?(_ line: [UInt8]) {
        guard let answer = Outbox.AttemptRecord.outline(of: line), let id = answer["id"]?.text else { return nil }
        if let error = answer["error"] {
            let message = error["message"]?.text ?? "it gave no reason"
            switch error["code"]?.text {
            case "unavailable"?, "misconfigured"?, "internal"?:
                // A detail about the postback says that a key is missing, which other lines may not need. Details about a
                // setting concern all lines.
                let isOfKey = error.faultyFields.contains("postback")
                self = .complaint(
                    id: id,
                    Complaint(
                        code: error["code"]?.text ?? "internal", message: message, isOfKey: isOfKey,
                        platformFailure: error.platformFailure))
            default: self = .refusal(id: id, message: message)
            }
        } else if let output = answer.outline("output"), let attempt = Answer(id: id, line: line, output: output) {
            self = .attempt(attempt)
        } else {
            return nil
        }
    }

    /// The answer to a delivery whose input the function refused: a bug, or a row of another version. The operator sees
    /// it in the attempt.
    static func refused(_ id: String, _ message: String) -> Answer {
        Answer(id: id, outcome: "failed", retryIn: nil, code: "internal", message: message, isCharged: true)
    }
}

extension AttemptFacts {
    fileprivate init(_ output: JSONOutline, _ outcome: Judgement.Outcome) {
        // The error of a delivered attempt is always null. A code of a later version is not a label here.
        let code = outcome == .delivered ? nil : output.errorCode
        let timing = output.outline("timing")
        self.init(
            outcome: outcome.rawValue, errorCode: code?.rawValue,
            phases: Phase.allCases.compactMap { phase in
                guard case .number(let text)? = timing?[phase.member], let time = Double(text) else { return nil }
                return (phase, time)
            })
    }
}

extension Reaction {
    /// Reads what deliverPostback reports. While an installation is upgraded, its deliverPostback may be older and report
    /// no reaction, or newer and report a kind that is unknown here. Then the outcome, the status and the error decide;
    /// a pause that the destination asks for delays only the delivery itself.
    fileprivate init(_ output: JSONOutline, _ outcome: Judgement.Outcome) {
        if let reported = output["reaction"].flatMap({ Reaction($0) }) {
            self = reported
            return
        }
        let status: Int? =
            if case .number(let text)? = output.outline("response")?["status"] { Int(text) ?? 0 } else { nil }
        self.init(outcome, status: status, error: output.errorCode)
    }
}

extension JSONOutline {
    /// A code of this version; nil for every other one.
    fileprivate var errorCode: AttemptError.Code? {
        outline("error")?["code"]?.text.flatMap(AttemptError.Code.init)
    }
}

extension JSON {
    /// The fields that the details of an error name.
    fileprivate var faultyFields: [String] {
        guard case .array(let details)? = self["details"] else { return [] }
        return details.compactMap { $0["field"]?.text }
    }

    /// The reason in the detail `platform`, which postbacks-remote adds where a platform has failed. It becomes a label
    /// of a metric, so it has to be a short word.
    fileprivate var platformFailure: String? {
        guard case .array(let details)? = self["details"],
            let reason = details.first(where: { $0["field"] == "platform" })?["message"]?.text
        else { return nil }
        let isWord = reason.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isWord && (1...20).contains(reason.utf8.count) ? reason : "other"
    }
}
