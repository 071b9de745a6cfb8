import Domain
import FunctionRuntime
import HTTP
import Input
import JSON
import System
import Text

/// One try to send a delivery, and how it ended.
struct Attempt: FunctionOutput {
    private let deliveryID: Int
    private let number: Int
    private let criteria: SuccessCriteria
    /// Nil if the request could not be rendered.
    private let request: OutgoingRequest?
    /// Secrets that the answer must not show, in addition to the request's own.
    private let secrets: [String]
    private let hostIsDomainName: Bool
    private var judgement: Judgement?
    private var reaction = Reaction.inconclusive
    private var retryIn: Duration?
    private var response: HTTPResponse?
    private var timing = HTTPTiming.none
    private var remoteAddress: String?
    /// Whether any of the request was handed to a connection.
    private var isSent = false

    init(input: DeliverPostback.Input, request: OutgoingRequest?, hiding secrets: [String] = []) {
        deliveryID = input.deliveryID
        number = input.attempt
        criteria = input.template.successWhen
        self.request = request
        self.secrets = secrets
        hostIsDomainName = input.template.url.address == nil
    }

    /// The size of the request as it is sent.
    var requestBytes: Int { request?.byteCount ?? 0 }

    mutating func end(_ completion: HTTPCompletion, schedule: RetrySchedule) {
        timing = completion.timing
        remoteAddress = completion.remoteAddress
        isSent = completion.isSent
        switch completion.result {
        case .success(let response):
            self.response = response
            let judgement = Judgement(
                status: response.status, body: response.body,
                bodyFailure: response.bodyFailure.map(AttemptError.init), successWhen: criteria)
            let asked = RetryAfter.wait(
                response.headers.values(ofHeader: "retry-after"),
                now: Timestamp(milliseconds: WallClock.unixMilliseconds))
            end(judgement, schedule: schedule, status: response.status, retryAfter: asked)
        case .failure(let failure):
            end(Judgement(AttemptError(failure), hostIsDomainName: hostIsDomainName), schedule: schedule)
        }
    }

    /// `status` is the status of the answer; nil if none came. `retryAfter` is the wait that the answer asks for.
    mutating func end(
        _ judgement: Judgement, schedule: RetrySchedule, status: Int? = nil, retryAfter: Duration? = nil
    ) {
        self.judgement = judgement
        reaction = Reaction(judgement.outcome, status: status, retryAfter: retryAfter, error: judgement.error?.code)
        guard judgement.outcome == .retry else { return }
        retryIn = schedule.wait(
            afterAttempt: number, jitter: Double.random(in: 0...1), retryAfter: retryAfter)
    }

    var json: JSON {
        var writer = JSONWriter()
        write(to: &writer)
        return .encoded(String(decoding: writer.bytes, as: UTF8.self))
    }

    func write(to writer: inout JSONWriter) {
        let mask = SecretMask(
            of: request, and: secrets,
            textLimit: max(response?.byteCount ?? 0, judgement?.error?.message.utf8.count ?? 0))
        writer.object { writer in
            writer.member("deliveryId", deliveryID)
            writer.member("attempt", number)
            writer.member("outcome", (judgement?.outcome ?? .retry).rawValue)
            writer.member("reaction", reaction.json)
            if let retryIn { writer.member("retryInSeconds", thousandths: Int(retryIn.milliseconds.rounded())) }
            if judgement?.pausesPostback == true { writer.member("pausePostback", true) }
            writer.member("sent", isSent)
            writer.member("request", request?.masked ?? .null)
            writer.member("response") { writer in
                if let response { response.write(to: &writer, mask) } else { writer.write(.null) }
            }
            writer.member(
                "error", judgement?.error.map { AttemptError($0.code, mask($0.message)).json } ?? .null)
            writer.member("timing") { timing.write(to: &$0) }
            writer.member("remoteAddress", .optional(remoteAddress))
        }
    }

    static let schema: JSON = Schema.object(
        [
            "deliveryId": Schema.integer, "attempt": Schema.integer,
            "outcome": Schema.oneOf(Judgement.Outcome.allCases.map(\.rawValue)), "reaction": reaction,
            "sent": Schema.boolean, "request": ["type": ["object", "null"]], "response": answer,
            "error": ["type": ["object", "null"]], "timing": Schema.anyObject, "remoteAddress": Schema.textOrNull,
        ],
        optional: ["retryInSeconds": ["type": "number"], "pausePostback": Schema.boolean])

    private static let reaction = Schema.object(
        ["kind": Schema.oneOf(Reaction.Kind.allCases.map(\.rawValue))],
        optional: ["pauseSeconds": ["type": "number"]]
    ).merging([
        "description":
            "What the attempt says about the destination; pauseSeconds is the Retry-After of an overloaded one."
    ])

    private static let answer: JSON = [
        "type": ["object", "null"],
        "description":
            "status, headers, body and truncated; incomplete with code and message if the body did not end correctly.",
    ]
}

extension AttemptError {
    fileprivate init(_ failure: HTTPFailure) { self.init(Code(failure.kind), failure.message) }
}

extension AttemptError.Code {
    fileprivate init(_ kind: HTTPFailure.Kind) {
        self =
            switch kind {
            case .dns: .dns
            // `DeliverPostback` answers `unavailableHere` and `misconfiguredHere` with an error, so these two never get
            // here.
            case .connect, .unavailableHere, .misconfiguredHere: .connect
            case .tls: .tls
            case .timeout: .timeout
            case .protocol: .protocol
            case .forbiddenTarget: .forbiddenTarget
            }
    }
}

extension HTTPResponse {
    /// An upper bound for the length in bytes of each text in the JSON of the answer, also of a header value that is
    /// joined from several.
    fileprivate var byteCount: Int {
        headers.reduce(body.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 }
    }

    /// The values of headers with the same name are joined as RFC 9110 §5.3 allows. Invalid UTF-8 in the body is
    /// replaced. Secrets of the request that the receiver repeats are masked.
    fileprivate func write(to writer: inout JSONWriter, _ mask: SecretMask) {
        writer.object { writer in
            writer.member("status", status)
            writer.member("headers") { writer in
                writer.object { writer in
                    for header in joinedHeaders(mask) { writer.text(mask(header.value), named: header.name) }
                }
            }
            writer.member(
                "body", String(decoding: mask(body, isCut: isTruncated), as: UTF8.self).withoutNulls)
            writer.member("truncated", isTruncated)
            if let failure = bodyFailure.map(AttemptError.init) {
                writer.member("incomplete", AttemptError(failure.code, mask(failure.message)).json)
            }
        }
    }
}

extension HTTPResponse {
    /// The headers with masked names, in their order; the values of a name that occurs several times are joined.
    private func joinedHeaders(_ mask: SecretMask) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        var places: [String: Int] = [:]
        // Comparing all names is faster than hashing them, as long as they are few.
        let areMany = headers.count > 32
        for header in headers {
            let name = mask(header.name)
            let known = areMany ? places[name.lowercased()] : fields.firstIndex { $0.name.isSameHeaderName(as: name) }
            if let known {
                fields[known].value += ", \(header.value)"
            } else {
                if areMany { places[name.lowercased()] = fields.count }
                fields.append((name, header.value))
            }
        }
        return fields
    }
}

extension String {
    /// PostgreSQL stores no text with a NUL; U+FFFD replaces it.
    fileprivate var withoutNulls: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}

extension HTTPTiming {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for (name, value) in [
                ("dnsMs", dnsMs), ("connectMs", connectMs), ("tlsMs", tlsMs), ("firstByteMs", firstByteMs),
                ("totalMs", totalMs),
            ] as [(StaticString, Double)] {
                writer.member(name, thousandths: Int((value * 1000).rounded()))
            }
        }
    }
}
