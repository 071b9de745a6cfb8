import Configuration
import Domain
import Egress
import FunctionRuntime
import HTTP
import System

/// The calls of deliverPostback that are under way on the platform.
struct RemoteCalls {
    private let client: HTTPClient
    private let headers: PlatformHeaders
    private var endpoints: Endpoints
    private var calls: [UInt64: Started] = [:]
    private var lastID: UInt64 = 0
    private var bytesInFlight = 0
    private var answers: [UInt8] = []

    private struct Started {
        let call: RemoteCall
        let endpoint: Int
        /// The number of times that it was sent to an endpoint that could not be reached.
        let tries: Int
    }

    /// The bytes of inputs under way above which no further line is read.
    private static let bytesInFlightLimit = 64 << 20
    /// The limit of an answer. A valid one is always shorter; the poller kills a process that writes a longer line.
    private static let answerLimit = 8 << 20
    /// The time that the platform may need beyond that of the attempt itself, for example to start a process.
    private static let slack: Duration = .seconds(5)

    /// - Throws: `misconfigured`, naming the setting.
    init(_ settings: Settings) throws(FunctionError) {
        let functions: [RemoteFunction] = try settings(.invoke)
        guard !functions.isEmpty else { throw FunctionError(.misconfigured, "POSTBACKS_INVOKE is not set") }
        headers = try PlatformHeaders(settings, functions)
        endpoints = Endpoints(functions)
        let limits = HTTPLimits(
            connect: try settings(.connectTimeout), total: try settings(.timeout) + RemoteCalls.slack,
            bodyBytes: RemoteCalls.answerLimit)
        let authorities: String? = try settings(.authoritiesFile)
        do throws(HTTPClient.SetupError) {
            client = try HTTPClient(egress: RemoteCalls.anywhere, limits: limits, trusting: authorities)
        } catch {
            throw FunctionError(.unavailable, "libcurl cannot be started: \(error)")
        }
    }

    /// The operator has configured the address, so it may be a private one. Metadata services stay forbidden.
    private static var anywhere: EgressRules { (try? EgressRules(allowing: "0.0.0.0/0,::/0")) ?? EgressRules() }

    var isEmpty: Bool { calls.isEmpty && answers.isEmpty }
    var isFull: Bool { bytesInFlight >= RemoteCalls.bytesInFlightLimit }

    /// Starts the call of a line.
    mutating func begin(_ line: [UInt8]) {
        do throws(RemoteCall.Malformed) {
            start(try RemoteCall(line), tries: 0)
        } catch {
            answers += error.line
        }
    }

    private mutating func start(_ call: RemoteCall, tries: Int) {
        let endpoint = endpoints.choose(now: .now)
        lastID += 1
        calls[lastID] = Started(call: call, endpoint: endpoint.index, tries: tries)
        bytesInFlight += call.input.count
        client.start(
            HTTPRequest(
                method: "POST", url: endpoint.function.url, headers: headers.all(for: endpoint.function),
                body: call.input, signature: headers.signature(for: endpoint.function)), id: lastID)
    }

    /// Drives all calls, and waits until one ends or the descriptor is readable, for a second at the most.
    /// - Returns: the lines of the answers, and whether the descriptor is readable.
    mutating func turn(alsoWaitingFor descriptor: Descriptor?) -> (answers: [UInt8], isReadable: Bool) {
        let turn = client.turn(
            alsoWaitingFor: descriptor.map { [$0.number] } ?? [], atMost: answers.isEmpty ? .seconds(1) : .zero)
        for completion in turn.completions { end(completion) }
        defer { answers = [] }
        return (answers, turn.ready)
    }

    private mutating func end(_ completion: HTTPCompletion) {
        guard let started = calls.removeValue(forKey: completion.id) else { return }
        bytesInFlight -= started.call.input.count
        let verdict = PlatformVerdict(completion, of: started.call)
        endpoints.ended(started.endpoint, isFailure: verdict.isOfPlatform, now: .now)
        // The call has reached nobody, so another endpoint may get it at once.
        if verdict.wasNotSent, started.tries + 1 < endpoints.count {
            return start(started.call, tries: started.tries + 1)
        }
        if verdict.isRefusal { headers.refresh() }
        answers += verdict.line(for: started.call)
    }
}
