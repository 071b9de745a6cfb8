import CCurl
package import Egress
import POSIX

/// Sends many requests at once from one thread: start them, then take turns until they are done.
///
/// Speaks HTTP/1.1, follows nothing, adds nothing, and dials only what the egress rules allow. Connections are kept for
/// later requests to the same host.
@safe package final class HTTPClient {
    private let multi: UnsafeMutableRawPointer
    private let egress: EgressRules
    private let limits: HTTPLimits
    private let authorities: String?
    /// By the address of the curl handle.
    private var active: [UInt: Transfer] = [:]
    private var idle: [Transfer] = []
    private var kept = KeptConnections()
    /// How many connections stay open for later requests; more only where more are in flight.
    private var keptConnections = 256
    /// Requests that ended without being sent, until the next turn.
    private var refused: [HTTPCompletion] = []

    package enum SetupError: Error {
        /// libcurl could not be started.
        case unavailable
        /// libcurl gave this error.
        case curl(String)
    }

    /// - Parameter authorities: path of a PEM file with the certificates to trust; nil trusts the system's.
    package init(
        egress: EgressRules, limits: HTTPLimits = HTTPLimits(), trusting authorities: String? = nil
    ) throws(SetupError) {
        // Without signals (CURLOPT_NOSIGNAL) curl leaves this one to the program.
        ignoreBrokenPipes()
        guard Self.isStarted, let multi = unsafe curl_multi_init() else { throw .unavailable }
        unsafe self.multi = multi
        self.egress = egress
        self.limits = limits
        self.authorities = authorities
        let code = unsafe curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, keptConnections)
        guard code == CURLM_OK else { throw .curl(Self.text(of: code)) }
    }

    deinit {
        for transfer in active.values { unsafe curl_multi_remove_handle(multi, transfer.handle) }
        active = [:]
        idle = []
        unsafe curl_multi_cleanup(multi)
    }

    /// How many requests have been started whose completion has not been handed out.
    package var inFlight: Int { active.count + refused.count }

    /// Starts a request; `turn` moves it on and hands out its completion.
    /// - Parameter id: given back with the completion.
    package func start(_ request: HTTPRequest, id: UInt64) {
        if let fault = request.fault { return refuse(id, fault) }
        guard let transfer = idle.popLast() ?? Transfer(egress: egress, limits: limits) else {
            return refuse(id, Transfer.text(of: CURLE_OUT_OF_MEMORY))
        }
        let keepsConnection = kept.areTrusted(for: request.url, now: Clock.monotonicNanoseconds)
        if let code = transfer.prepare(request, id: id, trusting: authorities, keepsConnection: keepsConnection) {
            return refuse(id, Transfer.text(of: code))
        }
        let code = unsafe curl_multi_add_handle(multi, transfer.handle)
        guard code == CURLM_OK else { return refuse(id, Self.text(of: code)) }
        unsafe active[UInt(bitPattern: transfer.handle)] = transfer
        if active.count > keptConnections {
            keptConnections *= 2
            _ = unsafe curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, keptConnections)
        }
    }

    /// Moves all requests on, and waits until one ends or a descriptor becomes readable.
    /// - Parameters:
    ///   - descriptors: waited for as well, e.g. the standard input.
    ///   - milliseconds: how long at most; 0 does not wait. It may return earlier, with nothing.
    /// - Returns: the requests that ended, and whether one of the descriptors is readable.
    package func turn(
        alsoWaitingFor descriptors: [CInt] = [], milliseconds: Int
    ) -> (completions: [HTTPCompletion], ready: Bool) {
        var completions = refused
        refused = []
        perform(&completions)
        let ready = poll(descriptors, milliseconds: completions.isEmpty ? milliseconds : 0)
        if completions.isEmpty { perform(&completions) }
        return (completions, ready)
    }

    private func perform(_ completions: inout [HTTPCompletion]) {
        var running: CInt = 0
        _ = unsafe curl_multi_perform(multi, &running)
        var left: CInt = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let handle = unsafe message.pointee.easy_handle else {
                continue
            }
            // The message goes with the handle.
            let code = unsafe message.pointee.data.result
            guard let transfer = active.removeValue(forKey: UInt(bitPattern: handle)) else { continue }
            completions.append(transfer.completion(code))
            unsafe curl_multi_remove_handle(multi, handle)
            if case .connectionWasClosed = transfer.stop {
                kept.wasClosed(under: transfer.url, now: Clock.monotonicNanoseconds)
            }
            transfer.forget()
            idle.append(transfer)
        }
    }

    /// - Returns: whether one of the descriptors is readable, or gone.
    private func poll(_ descriptors: [CInt], milliseconds: Int) -> Bool {
        if descriptors.isEmpty && milliseconds == 0 { return false }
        var extra = descriptors.map { curl_waitfd(fd: $0, events: Int16(CURL_WAIT_POLLIN), revents: 0) }
        let timeout = CInt(clamping: max(milliseconds, 0))
        _ = unsafe curl_multi_poll(multi, &extra, CUnsignedInt(extra.count), timeout, nil)
        return extra.contains { $0.revents != 0 }
    }

    private func refuse(_ id: UInt64, _ message: String) {
        let failure = HTTPFailure(kind: .protocol, message: message)
        refused.append(HTTPCompletion(id: id, result: .failure(failure), timing: .none, remoteAddress: nil))
    }

    private static let isStarted = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static func text(of code: CURLMcode) -> String {
        guard let text = unsafe curl_multi_strerror(code) else { return "curl error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}
