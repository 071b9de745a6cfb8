import CCurl
import Egress
import Glibc

/// One curl handle, and what it gathers of the answer to its present request. Used for one request after another.
@safe final class Transfer {
    /// Valid as long as this object; the completion finds its object by it.
    let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let egress: EgressRules
    private let limits: HTTPLimits

    private(set) var id: UInt64 = 0
    private(set) var url = ""
    private(set) var head = ResponseHead()
    private(set) var body: [UInt8] = []
    /// Why reading was stopped here, before the response's own end.
    private(set) var stop: Stop?
    /// The first address that the egress rules refused.
    private(set) var refusal: String?
    /// The last address that was dialled.
    private(set) var dialled: IPAddress?
    /// Whether the request may have been handed to a connection.
    private var isSent = false

    enum Stop {
        case bodyIsFull
        case fault(String)
        /// The kept connection over which the request went was closed before an answer came.
        case connectionWasClosed
    }

    init?(egress: EgressRules, limits: HTTPLimits) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.egress = egress
        self.limits = limits
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe errorText.deallocate()
    }

    /// Makes the handle ready to send a request that has no fault.
    /// - Parameter keepsConnection: whether it may go over a connection that is open, and leave its own open.
    /// - Returns: what curl does not accept; nil if all is well.
    func prepare(
        _ request: HTTPRequest, id: UInt64, trusting authorities: String?, keepsConnection: Bool = true
    ) -> CURLcode? {
        self.id = id
        url = request.url
        head = ResponseHead()
        body = []
        stop = nil
        refusal = nil
        dialled = nil
        isSent = false
        unsafe errorText[0] = 0
        unsafe curl_easy_reset(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe headerList = nil
        return setAuthorities(authorities) ?? setConnection(keepsConnection) ?? setDefences() ?? setCallbacks()
            ?? setRequest(request)
    }

    /// Lets go of what was answered; a handle may wait long for its next request.
    func forget() {
        head = ResponseHead()
        body = []
    }

    /// Whether so much of the body has come as is kept.
    var isBodyFull: Bool { body.count >= limits.bodyBytes }

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
            (CURLOPT_TCP_NODELAY, 1),
            (CURLOPT_TCP_KEEPALIVE, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds),
            (CURLOPT_TIMEOUT_MS, limits.totalMilliseconds),
        ] {
            if let code = unsafe failure(curl_easy_setopt(handle, option, value)) { return code }
        }
        // The empty proxy is none, whatever the environment says.
        return unsafe failure(curl_easy_setopt(handle, CURLOPT_PROXY, ""))
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
            ?? failure(curl_easy_setopt(handle, CURLOPT_PREREQDATA, this))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, Transfer.willSend))
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
            let value = header.value.trimmed
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

/// What curl calls while a transfer runs.
extension Transfer {
    private static let headerArrived: curl_write_callback = { bytes, size, count, context in
        guard let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let line = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: size * count))
        return transfer.take(header: line) ? line.count : 0
    }

    private static let bodyArrived: curl_write_callback = { bytes, size, count, context in
        guard let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let length = size * count
        let room = transfer.limits.bodyBytes - transfer.body.count
        unsafe transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(length, room)))
        if length <= room { return length }
        transfer.stop = .bodyIsFull
        return 0
    }

    private static let socketWanted: curl_opensocket_callback = { context, _, address in
        guard let context = unsafe context, let address = unsafe address else { return -1 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        guard unsafe transfer.mayDial(IPAddress(dialling: address)) else { return -1 }
        let kind = unsafe address.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue)
        return unsafe socket(address.pointee.family, kind, address.pointee.protocol)
    }

    /// When a kept connection is closed under a request, curl would send the request again by itself, several times even, and
    /// nobody would know. One attempt sends once.
    private static let willSend: curl_prereq_callback = { context, _, _, _, _ in
        guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        if transfer.isSent {
            transfer.stop = .connectionWasClosed
            return CURL_PREREQFUNC_ABORT
        }
        transfer.isSent = true
        return CURL_PREREQFUNC_OK
    }

    private func take(header line: [UInt8]) -> Bool {
        guard let fault = head.take(line, limits: limits) else { return true }
        stop = .fault(fault)
        return false
    }

    /// A name that leads to a forbidden address as well is not dialled at all after that was seen.
    func mayDial(_ address: IPAddress?) -> Bool {
        guard refusal == nil else { return false }
        guard let address else {
            refusal = "the address is neither IPv4 nor IPv6"
            return false
        }
        if case .forbidden(let reason) = egress.judge(address) {
            refusal = "\(address) may not be dialled: \(reason)"
            return false
        }
        dialled = address
        return true
    }
}

extension IPAddress {
    /// The address that curl is about to dial.
    fileprivate init?(dialling address: UnsafeMutablePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        // sockaddr_in: family, port, address. sockaddr_in6: family, port, flow, address. Longer than what C declares here.
        let start: Int
        let count: Int
        switch unsafe address.pointee.family {
        case AF_INET: (start, count) = (4, 4)
        case AF_INET6: (start, count) = (8, 16)
        default: return nil
        }
        guard unsafe Int(address.pointee.addrlen) >= start + count else { return nil }
        let raw = unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + offset + start, count: count)
        unsafe self.init(bytes: [UInt8](raw))
    }
}

extension String {
    /// Without the spaces and tabs at its ends.
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
