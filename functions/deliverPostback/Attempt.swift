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
        var members: [JSON.Member] = [
            JSON.Member("deliveryId", .integer(deliveryID)), JSON.Member("attempt", .integer(number)),
            JSON.Member("outcome", .string(judgement?.outcome.rawValue ?? "retry")),
            JSON.Member("reaction", reaction.json),
        ]
        if let retryIn {
            members.append(JSON.Member("retryInSeconds", .milliseconds(retryIn.milliseconds, per: 1000)))
        }
        if judgement?.pausesPostback == true { members.append(JSON.Member("pausePostback", true)) }
        let mask = SecretMask(
            of: request, and: secrets,
            textLimit: max(response?.byteCount ?? 0, judgement?.error?.message.utf8.count ?? 0))
        return .object(
            members + [
                JSON.Member("sent", .bool(isSent)),
                JSON.Member("request", request?.masked ?? .null),
                JSON.Member("response", response?.json(mask) ?? .null),
                JSON.Member("error", judgement?.error.map { AttemptError($0.code, mask($0.message)).json } ?? .null),
                JSON.Member("timing", timing.json),
                JSON.Member("remoteAddress", .optional(remoteAddress)),
            ])
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
    fileprivate func json(_ mask: SecretMask) -> JSON {
        var fields: [(name: String, value: String)] = []
        var places: [String: Int] = [:]
        for header in headers.map({ (name: mask($0.name), value: $0.value) }) {
            if let place = places[header.name.lowercased()] {
                fields[place].value += ", \(header.value)"
            } else {
                places[header.name.lowercased()] = fields.count
                fields.append(header)
            }
        }
        let text = String(decoding: mask(body, isCut: isTruncated), as: UTF8.self).map { $0 == "\0" ? "\u{FFFD}" : $0 }
        let answer: JSON = [
            "status": .integer(status),
            "headers": .object(fields.map { JSON.Member($0.name, .string(mask($0.value))) }),
            "body": .string(String(text)), "truncated": .bool(isTruncated),
        ]
        guard let bodyFailure = bodyFailure.map(AttemptError.init) else { return answer }
        return answer.merging(["incomplete": AttemptError(bodyFailure.code, mask(bodyFailure.message)).json])
    }
}

extension HTTPTiming {
    fileprivate var json: JSON {
        [
            "dnsMs": .milliseconds(dnsMs), "connectMs": .milliseconds(connectMs), "tlsMs": .milliseconds(tlsMs),
            "firstByteMs": .milliseconds(firstByteMs), "totalMs": .milliseconds(totalMs),
        ]
    }
}

extension JSON {
    /// Returns `value` divided by `unit`, as a number with at most three decimals.
    fileprivate static func milliseconds(_ value: Double, per unit: Int = 1) -> JSON {
        let thousandths = Int((value * 1000 / Double(unit)).rounded())
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        if rest == 0 { return .integer(whole) }
        let digits = String(rest + 1000).dropFirst()
        let end = digits.lastIndex { $0 != "0" } ?? digits.startIndex
        return .number("\(whole).\(digits[...end])")
    }
}
