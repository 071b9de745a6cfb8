import CCurl
package import Egress
import Glibc
import System

/// An HTTP/1.1 client that runs many requests at once on one thread: call `start` for each request, then `turn` until
/// all are done.
///
/// It follows no redirects, adds no headers but `Host` and `Content-Length`, and dials only addresses that the egress
/// rules allow. It keeps connections open for later requests to the same host.
@safe package final class HTTPClient {
    private let multi: UnsafeMutableRawPointer
    private let sockets: TransferSockets
    private let egress: EgressRules
    private let proxy: Proxy?
    private let limits: HTTPLimits
    private let authorities: String?
    /// The running transfers, by the address of their curl handle.
    private var active: [UInt: Transfer] = [:]
    private var idle: [Transfer] = []
    private let reuse = ConnectionReuse()
    private var targets = KnownTargets()
    private var lookups: Lookups
    /// The completions of requests that ended without being sent, because they were refused or their lookup failed. The
    /// next turn returns them.
    private var refused: [HTTPCompletion] = []
    /// When the client next searches for requests whose body is overdue (`endLateBodies`).
    private var nextLookAtBodies: Instant = .distantPast

    package enum SetupError: Error {
        /// libcurl could not be initialised.
        case unavailable
        /// libcurl reported this error.
        case curl(String)
    }

    /// `proxy` is the proxy that all requests go through. The egress rules still apply to literal addresses; the proxy
    /// resolves and checks names. `authorities` is the path of a PEM file with the trusted certificates; nil means
    /// those of the system.
    package convenience init(
        egress: EgressRules, through proxy: Proxy? = nil, limits: HTTPLimits = HTTPLimits(),
        trusting authorities: String? = nil
    ) throws(SetupError) {
        let resolver: Resolver
        do throws(SystemError) {
            resolver = try Resolver()
        } catch {
            throw .unavailable
        }
        try self.init(egress: egress, through: proxy, limits: limits, trusting: authorities, resolver: resolver)
    }

    init(
        egress: EgressRules, through proxy: Proxy? = nil, limits: HTTPLimits, trusting authorities: String? = nil,
        resolver: Resolver, nameLifetime: Duration = KnownNames.lifetime
    ) throws(SetupError) {
        // With CURLOPT_NOSIGNAL curl does not handle SIGPIPE; the program must.
        ignoreBrokenPipes()
        guard Self.isStarted, let multi = unsafe curl_multi_init() else { throw .unavailable }
        do throws(SystemError) {
            unsafe sockets = try TransferSockets(multi)
        } catch {
            unsafe curl_multi_cleanup(multi)
            throw .unavailable
        }
        unsafe self.multi = multi
        self.egress = egress
        self.proxy = proxy
        self.limits = limits
        self.authorities = authorities
        lookups = Lookups(
            resolver, egress: egress, lifetime: nameLifetime,
            patience: min(limits.connect, limits.total ?? limits.connect))
        for code in unsafe [curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, reuse.limit), sockets.attach()]
        where code != CURLM_OK { throw .curl(Self.text(of: code)) }
    }

    deinit {
        for transfer in active.values { unsafe curl_multi_remove_handle(multi, transfer.handle) }
        active = [:]
        idle = []
        unsafe curl_multi_cleanup(multi)
    }

    /// The number of requests that were started and whose completions have not been handed out yet.
    package var inFlight: Int { active.count + lookups.count + refused.count }

    /// Starts a request. `turn` drives it and hands out its completion. The completion carries `id`.
    package func start(_ request: HTTPRequest, id: UInt64) {
        if let fault = request.fault { return refuse(id, fault) }
        guard let target = targets.target(of: request.url) else {
            return refuse(id, Transfer.text(of: CURLE_URL_MALFORMAT))
        }
        if let address = target.address, let refusal = egress.refusal(of: address) {
            refused.append(
                HTTPCompletion(id: id, result: .failure(HTTPFailure(kind: .forbiddenTarget, message: refusal))))
            return
        }
        if target.address != nil || proxy != nil {
            return send(request, to: Transfer.Destination(target: target), id: id)
        }
        let waiting = Lookups.Waiting(request: request, target: target, id: id, since: Instant.now)
        guard let addresses = lookups.addresses(for: waiting) else { return }
        send(request, to: Transfer.Destination(target: target, addresses: addresses), id: id)
    }

    private func send(
        _ request: HTTPRequest, to destination: Transfer.Destination, id: UInt64, mayBeKept: Bool = true
    ) {
        guard
            let transfer = idle.popLast()
                ?? Transfer(egress: egress, limits: limits, proxy: proxy, reuse: reuse, sockets: sockets)
        else { return refuse(id, Transfer.text(of: CURLE_OUT_OF_MEMORY), .unavailableHere) }
        let keepsConnection =
            mayBeKept && reuse.isAllowed(for: destination.target, now: .now)
        if let code = transfer.prepare(
            request, to: destination, id: id, trusting: authorities, keepsConnection: keepsConnection)
        {
            return refuse(id, Transfer.text(of: code), code == CURLE_OUT_OF_MEMORY ? .unavailableHere : .protocol)
        }
        let code = unsafe curl_multi_add_handle(multi, transfer.handle)
        guard code == CURLM_OK else { return refuse(id, Self.text(of: code), .unavailableHere) }
        unsafe active[UInt(bitPattern: transfer.handle)] = transfer
        if reuse.grow(toHold: active.count) {
            _ = unsafe curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, reuse.limit)
        }
    }

    /// Sends the requests whose addresses have been found, and ends those whose lookup failed.
    private func takeLookups() {
        let now = Instant.now
        for (waiting, addresses) in lookups.takeFinished(now: now) {
            let waited = now - waiting.since
            switch addresses {
            case .success(let addresses):
                let destination = Transfer.Destination(
                    target: waiting.target, addresses: addresses, waited: waited)
                send(waiting.request, to: destination, id: waiting.id)
            case .failure(let failure):
                let time = waited.milliseconds
                let timing = HTTPTiming(dnsMs: time, connectMs: 0, tlsMs: 0, firstByteMs: 0, totalMs: time)
                refused.append(HTTPCompletion(id: waiting.id, result: .failure(failure), timing: timing))
            }
        }
    }

    /// Drives all requests, and waits until one ends or a descriptor becomes readable.
    /// - Parameters:
    ///   - descriptors: further descriptors to wait for, such as standard input.
    ///   - limit: the longest wait; zero does not wait. The call may return earlier without completions.
    /// - Returns: the requests that ended, and whether one of the descriptors is readable.
    package func turn(
        alsoWaitingFor descriptors: [CInt] = [], atMost limit: Duration
    ) -> (completions: [HTTPCompletion], ready: Bool) {
        var completions: [HTTPCompletion] = []
        perform(&completions)
        let ready = poll(descriptors, atMost: completions.isEmpty ? limit : .zero)
        if completions.isEmpty { perform(&completions) }
        return (completions, ready)
    }

    private func perform(_ completions: inout [HTTPCompletion]) {
        takeLookups()
        completions += refused
        refused = []
        sockets.drive()
        var left: CInt = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let handle = unsafe message.pointee.easy_handle else {
                continue
            }
            // The message is freed with the handle, so its result is copied first.
            let code = unsafe message.pointee.data.result
            guard let transfer = active.removeValue(forKey: UInt(bitPattern: handle)) else { continue }
            if case .connectionIsUnusable = transfer.stop {
                sendAnew(transfer)
                continue
            }
            unsafe reuse.remember(connectionOf: handle)
            let completion = transfer.completion(code)
            if case .failure(let failure) = completion.result, failure.kind.isOfTheConnection {
                transfer.destination.map { lookups.distrust($0.target.host) }
            }
            completions.append(completion)
            unsafe curl_multi_remove_handle(multi, handle)
            if case .connectionWasClosed = transfer.stop, let target = transfer.destination?.target {
                reuse.wasClosed(by: target, now: .now)
            }
            transfer.forget()
            idle.append(transfer)
        }
        endLateBodies(&completions)
    }

    /// Ends requests whose head has arrived, whose body is not needed, and whose body is late. Their connections are
    /// closed.
    private func endLateBodies(_ completions: inout [HTTPCompletion]) {
        let now = Instant.now
        guard now >= nextLookAtBodies else { return }
        nextLookAtBodies = now + .milliseconds(100)
        for (key, transfer) in active.filter({ $0.value.isBodyLate(at: now) }) {
            active[key] = nil
            transfer.stop = .bodyIsLate
            completions.append(transfer.completion(CURLE_OPERATION_TIMEDOUT))
            unsafe curl_multi_remove_handle(multi, transfer.handle)
            transfer.forget()
            idle.append(transfer)
        }
    }

    /// Sends the request again over a new connection.
    private func sendAnew(_ transfer: Transfer) {
        unsafe curl_multi_remove_handle(multi, transfer.handle)
        if let request = transfer.request, let destination = transfer.destination {
            send(request, to: destination, id: transfer.id, mayBeKept: false)
        }
        transfer.forget()
        idle.append(transfer)
    }

    /// - Returns: whether one of the descriptors is readable or closed.
    private func poll(_ descriptors: [CInt], atMost limit: Duration) -> Bool {
        if descriptors.isEmpty && limit == .zero { return false }
        let deadlines = [lookups.deadline, sockets.deadline].compactMap(\.self)
        let time = deadlines.reduce(limit) { min($0, $1.remaining) }
        var polled = (descriptors + [sockets.signal] + (lookups.signal.map { [$0] } ?? []))
            .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = CInt(clamping: max(time.millisecondsRoundedUp, 0))
        let count = unsafe Glibc.poll(&polled, nfds_t(polled.count), milliseconds)
        return count > 0 && polled.prefix(descriptors.count).contains { $0.revents != 0 }
    }

    private func refuse(_ id: UInt64, _ message: String, _ kind: HTTPFailure.Kind = .protocol) {
        let failure = HTTPFailure(kind: kind, message: message)
        refused.append(HTTPCompletion(id: id, result: .failure(failure), timing: .none, remoteAddress: nil))
    }

    static let isStarted: Bool = {
        // libidn2 reads international names in the locale's encoding; without UTF-8 it refuses them all.
        _ = unsafe setlocale(LC_CTYPE, "C.UTF-8")
        // Without descriptors no socket can be opened, and that would look like a receiver that does not answer.
        OpenFiles.allowAll()
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    private static func text(of code: CURLMcode) -> String {
        guard let text = unsafe curl_multi_strerror(code) else { return "curl error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}
