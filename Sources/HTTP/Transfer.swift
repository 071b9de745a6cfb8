import CCurl
import Egress
import Glibc
import Text

/// One curl handle, and what it gathers of the answer to its present request. Used for one request after another.
@safe final class Transfer {
    /// Valid as long as this object; the completion finds its object by it.
    let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var addressList: UnsafeMutablePointer<curl_slist>?
    let egress: EgressRules
    let proxy: Proxy?
    let limits: HTTPLimits
    let keptSockets: KeptSockets

    private(set) var id: UInt64 = 0
    private(set) var destination: Destination?
    private(set) var request: HTTPRequest?
    var head = ResponseHead()
    var body: [UInt8] = []
    /// Why reading was stopped here, before the response's own end.
    var stop: Stop?
    /// The first address that the egress rules refused.
    var refusal: String?
    /// The last address that was dialled.
    var dialled: IPAddress?
    /// Why no socket could be made, where the reason is this system's.
    var shortage: Shortage?
    /// Whether the request may have been handed to a connection.
    var isSent = false
    /// When the head of the final answer was complete, in nanoseconds of the monotonic clock.
    var headEndedAt: Int64?

    enum Stop {
        case bodyIsFull
        /// The body, which the request does not need, has not ended in its time.
        case bodyIsLate
        case fault(String)
        /// The kept connection over which the request went was closed before an answer came.
        case connectionWasClosed
        /// Something had come over the kept connection before the request was sent. It was not sent.
        case connectionHasSpoken
    }

    /// Where a request goes, and how it was found out.
    struct Destination {
        let target: RequestTarget
        /// Those of the target's name, judged; empty if the target is an address.
        var addresses: [IPAddress] = []
        /// What finding them took of the request's time.
        var waitedNanoseconds: Int64 = 0
    }

    init?(egress: EgressRules, limits: HTTPLimits, proxy: Proxy? = nil, keptSockets: KeptSockets = KeptSockets()) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.egress = egress
        self.proxy = proxy
        self.limits = limits
        self.keptSockets = keptSockets
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe curl_slist_free_all(addressList)
        unsafe errorText.deallocate()
    }

    /// Makes the handle ready to send a request that has no fault.
    /// - Parameter keepsConnection: whether it may go over a connection that is open, and leave its own open.
    /// - Returns: what curl does not accept; nil if all is well.
    func prepare(
        _ request: HTTPRequest, to destination: Destination, id: UInt64, trusting authorities: String?,
        keepsConnection: Bool = true
    ) -> CURLcode? {
        self.id = id
        self.destination = destination
        self.request = request
        head = ResponseHead()
        body = []
        stop = nil
        refusal = nil
        dialled = nil
        shortage = nil
        isSent = false
        headEndedAt = nil
        unsafe errorText[0] = 0
        unsafe curl_easy_reset(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe headerList = nil
        unsafe curl_slist_free_all(addressList)
        unsafe addressList = nil
        return setAuthorities(authorities) ?? setConnection(keepsConnection) ?? setDefences() ?? setCallbacks()
            ?? setGuards() ?? setDestination() ?? setRequest(request)
    }

    /// Lets go of what was answered; a handle may wait long for its next request.
    func forget() {
        request = nil
        head = ResponseHead()
        body = []
    }

    /// Whether so much of the body has come as is kept.
    var isBodyFull: Bool { body.count >= limits.bodyBytes }

    /// Whether only the body is missing, nobody needs it, and it has had its time.
    func isBodyLate(at now: Int64) -> Bool {
        guard let headEndedAt, request?.needsBody == false else { return false }
        return now - headEndedAt >= Int64(limits.unneededBodyMilliseconds) * 1_000_000
    }

    /// What curl says of its failure, in one line.
    var failureText: String? {
        let bytes = unsafe UnsafeBufferPointer(start: errorText, count: Int(CURL_ERROR_SIZE))
        let text = unsafe bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return text.isEmpty ? nil : String(showing: text)
    }

    private func setAuthorities(_ path: String?) -> CURLcode? {
        guard let path else { return nil }
        // A folder of them, which curl has by default where it is built so, would count beside the file.
        let noFolder: String? = nil
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_CAINFO, path))
            ?? failure(curl_easy_setopt(handle, CURLOPT_CAPATH, noFolder))
    }

    private func setConnection(_ keepsConnection: Bool) -> CURLcode? {
        if keepsConnection { return nil }
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1))
            ?? failure(curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1))
    }

    private func setDefences() -> CURLcode? {
        let waited = Int((destination?.waitedNanoseconds ?? 0) / 1_000_000)
        for (option, value) in [
            // curl must not use signals: they are the process's.
            (CURLOPT_NOSIGNAL, 1),
            // A resolver thread that is stuck is left to itself. Without this, one slow name stops all transfers (curl 7.87).
            (CURLOPT_QUICK_EXIT, 1),
            (CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
            (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2),
            (CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)),
            (CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
            (CURLOPT_PATH_AS_IS, 1),
            (CURLOPT_HTTP09_ALLOWED, 0),
            (CURLOPT_HTTP_CONTENT_DECODING, 0),
            // What is for the receiver is not for the proxy, and the proxy's leave is not the receiver's answer.
            (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            (CURLOPT_TCP_NODELAY, 1),
            (CURLOPT_TCP_KEEPALIVE, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, max(limits.connectMilliseconds - waited, 1)),
            (CURLOPT_TIMEOUT_MS, max(limits.totalMilliseconds - waited, 1)),
        ] {
            if let code = unsafe failure(curl_easy_setopt(handle, option, value)) { return code }
        }
        // The empty proxy is none, and the empty list of exceptions has none, whatever the environment says.
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_PROXY, proxy?.url ?? ""))
            ?? failure(curl_easy_setopt(handle, CURLOPT_NOPROXY, ""))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https"))
    }

    private func setCallbacks() -> CURLcode? {
        // Unretained: the client keeps the object as long as the transfer runs.
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText)))
            ?? failure(curl_easy_setopt(handle, CURLOPT_HEADERDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, Transfer.headerArrived))
            ?? failure(curl_easy_setopt(handle, CURLOPT_WRITEDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, Transfer.bodyArrived))
            ?? failure(curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, Transfer.socketWanted))
    }

    /// What curl must ask before it looks up or sends.
    private func setGuards() -> CURLcode? {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_RESOLVER_START_DATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_RESOLVER_START_FUNCTION, Transfer.lookupWanted))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PREREQDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, Transfer.willSend))
    }

    private func setDestination() -> CURLcode? {
        guard let destination, !destination.addresses.isEmpty else { return nil }
        let addresses = destination.addresses.map { $0.family == .v6 ? "[\($0)]" : "\($0)" }.joined(separator: ",")
        // The + makes it an entry like one that curl looked up itself.
        let entry = "+\(destination.target.host):\(destination.target.port):\(addresses)"
        guard let list = unsafe curl_slist_append(nil, entry) else { return CURLE_OUT_OF_MEMORY }
        unsafe addressList = list
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_RESOLVE, list))
    }

    private func setRequest(_ request: HTTPRequest) -> CURLcode? {
        for line in Self.headerLines(of: request) {
            guard let longer = unsafe curl_slist_append(headerList, line) else { return CURLE_OUT_OF_MEMORY }
            unsafe headerList = longer
        }
        let code =
            unsafe failure(curl_easy_setopt(handle, CURLOPT_URL, request.url))
            ?? failure(curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headerList))
        return code ?? setMethod(of: request)
    }

    private func setMethod(of request: HTTPRequest) -> CURLcode? {
        if request.body == nil && request.method == "GET" { return nil }
        if request.body == nil && request.method == "HEAD" {
            return unsafe failure(curl_easy_setopt(handle, CURLOPT_NOBODY, 1))
        }
        if request.body == nil && request.method != "POST" {
            return unsafe failure(curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method))
        }
        let body = request.body ?? []
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, body.count))
            ?? failure(curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes: body))
            ?? failure(curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method))
    }

    /// The lines for curl: those of the request, and those that keep curl from adding its own.
    private static func headerLines(of request: HTTPRequest) -> [String] {
        var lines = request.headers.map { header in
            let value = header.value.withoutSpacesAtEnds
            // To curl, a name and a colon alone mean that the header shall not be sent.
            return value.isEmpty ? "\(header.name);" : "\(header.name): \(value)"
        }
        for name in ["Accept", "Content-Type", "User-Agent"]
        where !request.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
            lines.append("\(name):")
        }
        lines.append("Expect:")
        return lines
    }

    private func failure(_ code: CURLcode) -> CURLcode? {
        code == CURLE_OK ? nil : code
    }
}
