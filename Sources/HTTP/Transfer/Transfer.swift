import CCurl
import Egress
import Glibc
import System
import Text

/// One curl handle, and the response to its current request as far as it has arrived. Handles are reused.
@safe final class Transfer {
    /// Valid as long as this object. The client finds the object by this address when the transfer ends.
    let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var addressList: UnsafeMutablePointer<curl_slist>?
    /// The options that are set on the handle; nil if they are not known.
    private var setup: Setup?
    let egress: EgressRules
    let proxy: Proxy?
    let limits: HTTPLimits
    let reuse: ConnectionReuse
    private let sockets: TransferSockets?

    private(set) var id: UInt64 = 0
    private(set) var destination: Destination?
    private(set) var request: HTTPRequest?
    var head = ResponseHead()
    var body: [UInt8] = []
    /// The reason why this side stopped reading before the response ended.
    var stop: Stop?
    /// The first address that the egress rules refused.
    var refusal: String?
    /// The last address that was dialled.
    var dialled: IPAddress?
    /// Why no socket could be created, if the cause is on this side.
    var shortage: Shortage?
    /// Whether the request may have been handed to a connection.
    var isSent = false
    /// When the head of the final response was complete.
    var headEndedAt: Instant?

    enum Stop {
        case bodyIsFull
        /// The request does not need the body, and the body did not end in time.
        case bodyIsLate
        case fault(String)
        /// The server closed the kept connection before it answered the request.
        case connectionWasClosed
        /// The kept connection had unexpected bytes or was closed before the request was sent, so the request was not
        /// sent.
        case connectionIsUnusable
    }

    /// Where a request goes, with the addresses that were found for it.
    struct Destination {
        let target: RequestTarget
        /// The checked addresses of the target's name; empty if the target is an address or a proxy is used.
        var addresses: [IPAddress] = []
        /// The time that the lookup took; it counts towards the request's time limits.
        var waited: Duration = .zero
    }

    /// `sockets` closes the sockets of the connections that the transfer makes, and must live as long as they do.
    init?(
        egress: EgressRules, limits: HTTPLimits, proxy: Proxy? = nil, reuse: ConnectionReuse = ConnectionReuse(),
        sockets: TransferSockets? = nil
    ) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.egress = egress
        self.proxy = proxy
        self.limits = limits
        self.reuse = reuse
        self.sockets = sockets
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe curl_slist_free_all(addressList)
        unsafe errorText.deallocate()
    }

    /// Prepares the handle for a request whose `fault` is nil. `keepsConnection` says whether the request may reuse an
    /// open connection and leave its own open. Returns the error of the first option that curl refuses; nil if it
    /// accepts all.
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
        unsafe curl_slist_free_all(headerList)
        unsafe headerList = nil
        let next = Setup(
            method: request.method, hasBody: request.body != nil, keepsConnection: keepsConnection,
            authorities: authorities, waited: destination.waited, signature: request.signature)
        if next != setup {
            setup = nil
            unsafe curl_easy_reset(handle)
            if let code = setAuthorities(authorities) ?? setConnection(keepsConnection) ?? setDefences()
                ?? setCallbacks() ?? setGuards() ?? setSignature(request.signature)
            {
                return code
            }
            setup = next
        }
        let code = setDestination() ?? setRequest(request)
        if code != nil { setup = nil }
        return code
    }

    /// The options of a handle that stay as they are from one request to the next. A request that needs the same ones
    /// sets only its own: setting all of them takes longer than sending a request.
    private struct Setup: Equatable {
        let method: String
        let hasBody: Bool
        let keepsConnection: Bool
        let authorities: String?
        let waited: Duration
        let signature: HTTPRequest.Signature?
    }

    /// Frees the memory of the last request; a handle may wait long for the next one.
    func forget() {
        request = nil
        head = ResponseHead()
        body = []
    }

    /// Whether as much of the body has arrived as is kept.
    var isBodyFull: Bool { body.count >= limits.bodyBytes }

    /// Whether only the body is missing, the request does not need it, and its time is over.
    func isBodyLate(at now: Instant) -> Bool {
        guard let headEndedAt, request?.needsBody == false else { return false }
        return now - headEndedAt >= limits.unneededBody
    }

    /// curl's description of the failure, in one line; nil if it gave none.
    var failureText: String? {
        let bytes = unsafe UnsafeBufferPointer(start: errorText, count: Int(CURL_ERROR_SIZE))
        let text = unsafe bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return text.isEmpty ? nil : String(showing: text)
    }

    private func setAuthorities(_ path: String?) -> CURLcode? {
        guard let path else { return nil }
        // A curl that is built with a default folder of certificates would trust those as well.
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
        let waited = destination?.waited ?? .zero
        for (option, value) in [
            // Signals belong to the process, so curl must not use them.
            (CURLOPT_NOSIGNAL, 1),
            // Do not wait for a hanging resolver thread. Without this, one slow name stops all transfers (curl 7.87).
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
            // Headers for the receiver are not sent to the proxy, and the proxy's headers are not taken for the
            // receiver's.
            (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            (CURLOPT_TCP_NODELAY, 1),
            (CURLOPT_TCP_KEEPALIVE, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, max((limits.connect - waited).wholeMilliseconds, 1)),
            // Zero means no limit.
            (CURLOPT_TIMEOUT_MS, limits.total.map { max(($0 - waited).wholeMilliseconds, 1) } ?? 0),
        ] {
            if let code = unsafe failure(curl_easy_setopt(handle, option, value)) { return code }
        }
        // Empty strings turn off the proxy and the list of exceptions that the environment may set.
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_PROXY, proxy?.url ?? ""))
            ?? failure(curl_easy_setopt(handle, CURLOPT_NOPROXY, ""))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https"))
    }

    private func setCallbacks() -> CURLcode? {
        // The client retains the object as long as the transfer runs.
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText)))
            ?? failure(curl_easy_setopt(handle, CURLOPT_HEADERDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, Transfer.headerArrived))
            ?? failure(curl_easy_setopt(handle, CURLOPT_WRITEDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, Transfer.bodyArrived))
            ?? failure(curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, Transfer.socketWanted))
            ?? setClosing()
    }

    private func setClosing() -> CURLcode? {
        guard let sockets else { return nil }
        let closing = unsafe Unmanaged.passUnretained(sockets).toOpaque()
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, closing))
            ?? failure(curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, TransferSockets.socketClosed))
    }

    /// Sets the callbacks that curl calls before a lookup and before it sends.
    private func setGuards() -> CURLcode? {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_RESOLVER_START_DATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_RESOLVER_START_FUNCTION, Transfer.lookupWanted))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PREREQDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, Transfer.willSend))
    }

    private func setDestination() -> CURLcode? {
        // curl applies a list of addresses to one transfer only, so that each request sets its own.
        unsafe curl_slist_free_all(addressList)
        unsafe addressList = nil
        guard let destination, !destination.addresses.isEmpty else {
            return unsafe failure(curl_easy_setopt(handle, CURLOPT_RESOLVE, addressList))
        }
        let addresses = destination.addresses.map { $0.family == .v6 ? "[\($0)]" : "\($0)" }.joined(separator: ",")
        // The + makes the entry expire like one that curl looked up itself.
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

    /// The header lines for curl: those of the request, and empty ones that keep curl from adding its own.
    private static func headerLines(of request: HTTPRequest) -> [String] {
        var lines = request.headers.map { header in
            let value = header.value.withoutSpacesAtEnds
            // curl reads a name with only a colon as "do not send this header"; a semicolon sends it empty.
            return value.isEmpty ? header.name + ";" : header.name + ": " + value
        }
        for name in ["Accept", "Content-Type", "User-Agent"]
        where !request.headers.contains(where: { $0.name.isSameHeaderName(as: name) }) {
            lines.append("\(name):")
        }
        lines.append("Expect:")
        return lines
    }

    func failure(_ code: CURLcode) -> CURLcode? {
        code == CURLE_OK ? nil : code
    }
}
