import Egress
import HTTP
import JSON
import System

/// Lambda's Runtime API (version 2018-06-01): the requests by which a runtime gets calls and returns their answers.
package final class RuntimeAPI {
    /// A call that waits for its answer.
    struct Invocation {
        let id: String
        let event: [UInt8]
        /// When Lambda ends the environment, in milliseconds since 1970; nil if it has not said so.
        let deadline: Int64?
        /// The call's X-Ray header.
        let traceID: String?
    }

    /// A failure of a request to the Runtime API. The text is for the log.
    package enum Failure: Error, CustomStringConvertible {
        /// It answered, and refused this one request.
        case refused(String)
        /// It does not answer.
        case unreachable(String)
        /// It reports that the environment has failed: this process should end.
        case over(String)

        package var description: String {
            switch self {
            case .refused(let text), .unreachable(let text), .over(let text): text
            }
        }
    }

    /// Lambda's own limit for an event and for an answer, in bytes.
    static let payloadLimit = 6 << 20

    private let base: String
    private let client: HTTPClient
    private var lastID: UInt64 = 0

    /// The number of times that a request is sent before the Runtime API counts as unreachable.
    private static let tries = 3

    /// `address` is the value of `AWS_LAMBDA_RUNTIME_API`: a host and a port.
    package init(address: String) throws(Failure) {
        base = "http://\(address)/2018-06-01/runtime"
        // The answer to `next` comes when there is a call, after a minute or a week, so that nothing limits its time.
        let limits = HTTPLimits(total: nil, bodyBytes: 2 * RuntimeAPI.payloadLimit, headerBytes: 1 << 20)
        do throws(HTTPClient.SetupError) {
            client = try HTTPClient(egress: RuntimeAPI.rules(for: address), limits: limits)
        } catch {
            throw .unreachable("libcurl cannot be started: \(error)")
        }
    }

    /// The rules that open the address of the Runtime API, which is loopback or link-local, and nothing else that is not
    /// public. A name may lead to any address of a private network; the platform has chosen it.
    private static func rules(for address: String) -> EgressRules {
        let host = address.prefix(upTo: address.lastIndex(of: ":") ?? address.endIndex)
        let literal = host.hasPrefix("[") ? host.dropFirst().dropLast() : host
        return (try? EgressRules(allowing: String(literal)))
            ?? (try? EgressRules(allowing: "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"))
            ?? EgressRules()
    }

    /// Waits for the next call, for as long as it takes.
    /// - Returns: nil if `interruption` became readable first.
    func next(unless interruption: Descriptor) throws(Failure) -> Invocation? {
        let request = HTTPRequest(url: "\(base)/invocation/next")
        // The Runtime API may close a kept connection just when the request comes.
        guard let response = try repeated({ () throws(Failure) in try exchange(request, unless: interruption) }) else {
            return nil
        }
        guard response.status == 200, let id = response.header("Lambda-Runtime-Aws-Request-Id") else {
            throw .over("the Runtime API gave no call: \(RuntimeAPI.text(of: response))")
        }
        guard !response.isTruncated else {
            throw .over("the Runtime API sent an event that is incomplete or too large")
        }
        return Invocation(
            id: id, event: response.body, deadline: response.header("Lambda-Runtime-Deadline-Ms").flatMap { Int64($0) },
            traceID: response.header("Lambda-Runtime-Trace-Id"))
    }

    /// Hands in the answer of a call.
    func answer(_ id: String, _ body: [UInt8]) throws(Failure) {
        try report("invocation/\(id)/response", body)
    }

    /// Reports that a call has failed.
    func fail(_ id: String, type: String, _ body: [UInt8]) throws(Failure) {
        try report("invocation/\(id)/error", body, type: type)
    }

    /// Reports that the function cannot be started.
    func failStart(type: String, _ body: [UInt8]) throws(Failure) {
        try report("init/error", body, type: type)
    }

    private func report(_ path: String, _ body: [UInt8], type: String? = nil) throws(Failure) {
        var headers = [HTTPRequest.Header("Content-Type", "application/json")]
        if let type { headers.append(("Lambda-Runtime-Function-Error-Type", type)) }
        let request = HTTPRequest(method: "POST", url: "\(base)/\(path)", headers: headers, body: body)
        // A repeat of a report that has arrived is refused, and changes nothing.
        guard let response = try repeated({ () throws(Failure) in try exchange(request) }),
            !(200...299).contains(response.status)
        else { return }
        let text = "the Runtime API refused \(path): \(RuntimeAPI.text(of: response))"
        throw response.status >= 500 ? .over(text) : .refused(text)
    }

    /// Repeats an exchange over a new connection if there was no answer.
    private func repeated(_ exchange: () throws(Failure) -> HTTPResponse?) throws(Failure) -> HTTPResponse? {
        for _ in 1..<RuntimeAPI.tries {
            do throws(Failure) { return try exchange() } catch .unreachable { continue }
        }
        return try exchange()
    }

    private func exchange(
        _ request: HTTPRequest, unless interruption: Descriptor? = nil
    ) throws(Failure) -> HTTPResponse? {
        lastID += 1
        client.start(request, id: lastID)
        while true {
            let descriptors = interruption.map { [$0.number] } ?? []
            let (completions, isInterrupted) = client.turn(alsoWaitingFor: descriptors, atMost: .seconds(3600))
            if let completion = completions.first(where: { $0.id == lastID }) {
                switch completion.result {
                case .success(let response): return response
                case .failure(let failure): throw .unreachable("the Runtime API cannot be reached: \(failure.message)")
                }
            }
            if isInterrupted { return nil }
        }
    }

    private static func text(of response: HTTPResponse) -> String {
        "status \(response.status), \(String(decoding: response.body.prefix(500), as: UTF8.self))"
    }
}
