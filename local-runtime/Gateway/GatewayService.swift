package import Adapters
import EmbeddedFiles
import FunctionRuntime
import JSON
import Store
import Synchronization
import System

/// Answers requests, without sockets: it identifies the caller, checks that the call is allowed, calls the function,
/// and makes the bytes of the answer.
package final class GatewayService: Sendable {
    /// The largest body in bytes.
    package static let bodyLimit = 1 << 20

    let pool: FunctionPool
    let keys: KeyRing
    let sessions = Sessions()
    private let hosts: HostRules
    let watch: DatabaseWatch
    let checks: LimitChecks
    private let description: DescriptionCache
    private let console = ConsoleFiles(EmbeddedFile.console)
    /// The maximum of attempts of a delivery.
    let attempts: Int
    let resends = RepeatedCalls()
    /// The log of requests; nil if the level leaves it out.
    private let log: AccessLog?
    package let metrics: GatewayMetrics
    let isEnding = Mutex(false)

    package init(
        pool: FunctionPool, keys: KeyRing, hosts: HostRules, watch: DatabaseWatch, checks: LimitChecks,
        description: DescriptionCache, attempts: Int, metrics: GatewayMetrics, log: AccessLog?
    ) {
        self.attempts = attempts
        self.pool = pool
        self.keys = keys
        self.hosts = hosts
        self.watch = watch
        self.checks = checks
        self.description = description
        self.metrics = metrics
        self.log = log
    }

    /// Lets the check of readiness fail from now on, so that a load balancer sends nothing more.
    package func beginEnd() { isEnding.withLock { $0 = true } }

    /// Evaluates the head of a request.
    package func begin(_ request: Request) -> Exchange {
        let admission = Result { () throws(Refusal) in try admit(request) }
        return Exchange(request: request, id: Exchange.id(of: request), start: .now, admission: admission)
    }

    private func admit(_ request: Request) throws(Refusal) -> Exchange.Admission {
        try hosts.check(request)
        let route = try Route(request)
        try hosts.checkOrigin(request)
        let caller = try route.scope.map { scope throws(Refusal) in try self.caller(of: request, needing: scope) }
        if route == .metrics, let limits = caller?.limits, !limits.isNone {
            throw .outside(limits, "the metrics concern more than that")
        }
        if route.takesJSON(request.method) { try checkType(request) }
        return Exchange.Admission(route: route, caller: caller)
    }

    private func checkType(_ request: Request) throws(Refusal) {
        guard let value = request["content-type"] else { throw GatewayService.notJSON }
        if value == "application/json" { return }
        let type = value.split(separator: ";").first?.lowercased()
        guard type == "application/json" || type == "application/json " else {
            throw GatewayService.notJSON
        }
    }

    private static let notJSON = Refusal(
        415, "unsupported_media_type", "the body must be JSON, with Content-Type: application/json")

    /// - Throws: 401 without a valid key, 403 with one that does not allow it.
    private func caller(of request: Request, needing scope: Scope) throws(Refusal) -> KeyRing.Caller {
        let caller = try identify(request)
        guard caller.may(scope) else {
            throw Refusal(403, "forbidden", "the key does not allow this; it needs the scope \(scope.rawValue)")
        }
        return caller
    }

    func identify(_ request: Request) throws(Refusal) -> KeyRing.Caller {
        let bearer = try GatewayService.bearer(of: request)
        if bearer == nil, let token = Sessions.token(in: request), let id = sessions.key(of: token),
            let caller = keys.caller(ofID: id)
        {
            return caller
        }
        switch keys.caller(bearer) {
        case .caller(let caller): return caller
        case .noKey: throw .unauthorized("a key is needed: Authorization: Bearer pbk_…")
        case .wrongKey: throw .unauthorized("the key is not valid: it is unknown, revoked or expired")
        case .unknown: throw .unavailable("the keys cannot be read now; try again")
        }
    }

    private static func bearer(of request: Request) throws(Refusal) -> String? {
        let values = request.values(of: "authorization")
        guard let value = values.first else { return nil }
        let words = value.split(separator: " ")
        guard values.count == 1, words.count == 2, words[0].lowercased() == "bearer" else {
            throw .unauthorized("the header must be Authorization: Bearer pbk_…")
        }
        return String(words[1])
    }

    /// Answers a request whose body has arrived.
    package func answer(_ exchange: Exchange, body: [UInt8]) async -> HTTPAnswer {
        switch exchange.admission {
        case .failure(let refusal): return refuse(exchange, refusal)
        case .success(let admission):
            let request = exchange.request.with(body)
            do throws(Refusal) {
                return finish(exchange, try await answer(request, admission))
            } catch {
                return refuse(exchange, error)
            }
        }
    }

    /// Answers a request with an error, also before its body has arrived.
    package func refuse(_ exchange: Exchange, _ refusal: Refusal) -> HTTPAnswer {
        finish(exchange, refusal.response(to: exchange.request))
    }

    private func answer(_ request: Request, _ admission: Exchange.Admission) async throws(Refusal) -> HTTPAnswer {
        switch admission.route {
        case .function(let name): return try await call(name, request, admission.caller)
        case .health: return .json(["ok": true])
        case .readiness: return await readiness(of: request)
        case .metrics: return await metricsText()
        case .description: return try description.response()
        case .root:
            return HTTPAnswer(status: 307, headers: [HTTPAnswer.Field("Location", ConsoleFiles.start)])
        case .consoleFile(let name):
            guard let response = console.response(name, to: request) else {
                throw Refusal(404, "not_found", "the console has no such file")
            }
            return response
        case .session: return try session(request)
        case .catalog: return .json(GatewayService.catalog)
        case .preset: return try presetFields(request.body)
        case .test: return try await sendTest(request.body, admission.caller)
        }
    }

    /// The headers that every answer has, and its line in the log.
    private func finish(_ exchange: Exchange, _ response: HTTPAnswer) -> HTTPAnswer {
        let admission = try? exchange.admission.get()
        var response = response
        response.headers.append(HTTPAnswer.Field("X-Request-Id", exchange.id))
        response.headers += HTTPAnswer.commonHeaders
        if response["Cache-Control"] == nil { response.headers.append(HTTPAnswer.notStored) }
        if exchange.request.path.hasPrefix("/console/") { response.headers += ConsoleFiles.headers }
        let elapsed = exchange.start.elapsed
        let route = admission?.route.label ?? "none"
        metrics.answered(
            route: route, method: exchange.request.method, status: response.status, seconds: elapsed.seconds)
        log?.add(
            AccessLog.Entry(
                bytes: response.body.count, id: exchange.id, key: admission?.caller?.name,
                method: exchange.request.method, milliseconds: elapsed.wholeMilliseconds, route: route,
                status: response.status))
        return response
    }
}

extension Refusal {
    /// The error for a request without a key, or with one that is not valid (RFC 6750 §3).
    fileprivate static func unauthorized(_ message: String) -> Refusal {
        Refusal(401, "unauthorized", message, headers: [HTTPAnswer.Field("WWW-Authenticate", "Bearer")])
    }
}
