import Configuration
import Domain
import Egress
import FunctionRuntime
import HTTP
import Input
import JSON
import Secrets
import System
import Text

@main
struct DeliverPostback: ConcurrentFunction {
    static let contract = Contract(
        "deliverPostback", version: Version.current,
        summary:
            "makes one attempt to send a postback and reports the request, the answer and what follows.",
        example: [
            "deliveryId": 1, "attempt": 1,
            "postback": ["id": 1, "version": 1, "url": "https://example.com/?c={click_id}", "httpType": "GET"],
            "event": ["status": "done"],
            "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"], "clickId": "c1"],
        ],
        output: Attempt.schema,
        settings: [
            Setting<EncryptionKeys?>.encryptionKey, Setting.allowCIDRs, Setting<String?>.authoritiesFile,
            Setting<Proxy?>.proxy, Setting.retrySchedule, Setting<Duration>.timeout, Setting<Duration>.connectTimeout,
            Setting.logLevel,
        ])

    typealias Output = Attempt

    static let inputLimit = InputLimit.delivery

    /// The largest number of requests that one process holds in flight; a poller asks for fewer.
    static let capacity = 4096

    /// The process takes no further request once this many bytes of requests are in flight. The memory that curl uses
    /// for them comes on top.
    private static let bytesInFlightLimit = 64 << 20

    private let keys: EncryptionKeys?
    private let schedule: RetrySchedule
    /// The credentials of the proxy as HTTP sends them, and its password. They are masked, because a receiver might
    /// repeat them in its answer.
    private let proxySecrets: [String]
    private let client: HTTPClient
    private var attempts: [UInt64: Attempt] = [:]
    private var bytesInFlight = 0
    private var finished: [(ticket: UInt64, answer: Answer)] = []

    init(_ settings: Settings) throws(FunctionError) {
        keys = try settings(.encryptionKey)
        schedule = try settings(.retrySchedule)
        let limits = HTTPLimits(
            connect: try settings(.connectTimeout),
            total: try settings(.timeout))
        let egress: EgressRules = try settings(.allowCIDRs)
        let proxy: Proxy? = try settings(.proxy)
        let authorities: String? = try settings(.authoritiesFile)
        proxySecrets =
            proxy?.credentials.map { [Base64.encode(Array("\($0.user):\($0.password)".utf8)), $0.password] } ?? []
        do throws(HTTPClient.SetupError) {
            client = try HTTPClient(egress: egress, through: proxy, limits: limits, trusting: authorities)
        } catch {
            throw FunctionError(.unavailable, "libcurl cannot be started: \(error)")
        }
    }

    var isFull: Bool { bytesInFlight >= DeliverPostback.bytesInFlightLimit }

    mutating func begin(_ input: Input, ticket: UInt64) {
        let now = Timestamp(milliseconds: WallClock.unixMilliseconds)
        let values = MacroValues(
            deliveryID: input.deliveryID, attempt: input.attempt, isTest: input.isTest, now: now, event: input.event,
            conversion: input.conversion)
        let rendering = RequestRendering(input.template, postbackID: input.postbackID, keys: keys)
        do throws(RenderingError) {
            let request = try rendering.request(for: values)
            attempts[ticket] = Attempt(input: input, request: request, hiding: proxySecrets)
            bytesInFlight += request.byteCount
            client.start(
                HTTPRequest(
                    method: request.method, url: request.url, headers: request.headers.map { ($0.name, $0.value) },
                    body: request.body, needsBody: input.template.successWhen.looksIntoBody), id: ticket)
        } catch .missingKey(let message) {
            // This is no attempt, because neither the postback nor its receiver is at fault. The error has a detail,
            // and by that the poller knows that only lines that need this key are affected.
            let fault = Fault(Path.root.member("postback"), message)
            finished.append((ticket, .failure(FunctionError(.misconfigured, message, details: [fault]))))
        } catch {
            var attempt = Attempt(input: input, request: nil)
            attempt.end(Judgement(error), schedule: schedule)
            finished.append((ticket, .success(attempt)))
        }
    }

    mutating func advance(alsoWaitingFor descriptor: CInt?, waits: Bool) -> (
        answers: [(ticket: UInt64, answer: Answer)], isReadable: Bool
    ) {
        let turn = client.turn(
            alsoWaitingFor: descriptor.map { [$0] } ?? [],
            atMost: waits && finished.isEmpty ? .seconds(1) : .zero)
        var answers = finished
        finished = []
        for completion in turn.completions {
            guard var attempt = attempts.removeValue(forKey: completion.id) else { continue }
            bytesInFlight -= attempt.requestBytes
            if case .failure(let failure) = completion.result, let error = FunctionError(failure) {
                answers.append((completion.id, .failure(error)))
                continue
            }
            attempt.end(completion, schedule: schedule)
            answers.append((completion.id, .success(attempt)))
        }
        return (answers, turn.ready)
    }
}

extension FunctionError {
    /// A failure on this side is an error of the function and no attempt (R12). Nil for every other failure.
    fileprivate init?(_ failure: HTTPFailure) {
        switch failure.kind {
        case .unavailableHere: self.init(.unavailable, failure.message)
        case .misconfiguredHere: self.init(.misconfigured, failure.message)
        case .dns, .connect, .tls, .timeout, .protocol, .forbiddenTarget: return nil
        }
    }
}
