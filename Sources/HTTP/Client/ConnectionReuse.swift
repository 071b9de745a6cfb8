import CCurl
import Glibc
import System

/// The connections that are kept for later requests: how many, to which hosts, and whether one of them has bytes to read.
///
/// A host that closed a kept connection under a request gets a new connection for each request for ten minutes: the lost
/// request may have arrived, and only a further attempt may repeat it. Bytes that arrive on a kept connection while no
/// request is running would be taken for the answer to the next request, so they are looked for before a request is
/// sent.
@safe final class ConnectionReuse {
    /// The two ends of a connection, as text.
    struct Ends: Hashable {
        let remote: String
        let remotePort: Int
        let local: String
        let localPort: Int
    }

    /// The highest number of connections that are kept open; it grows with the number of requests in flight. It is larger
    /// than the usual number of requests in flight, because requests go to different destinations in turn.
    private(set) var limit = min(1024, ConnectionReuse.highestLimit)
    private var distrustedUntil: [RequestTarget: Instant] = [:]
    private var sockets: [Ends: CInt] = [:]
    private var ends: [CInt: Ends] = [:]

    private static let highestLimit = max(1, OpenFiles.limit / 2)
    private static let distrust: Duration = .seconds(600)
    private static let distrustedLimit = 10_000

    /// Doubles the limit when more requests than that are in flight. Returns whether it has changed.
    func grow(toHold requests: Int) -> Bool {
        guard requests > limit, limit < ConnectionReuse.highestLimit else { return false }
        limit = min(2 * limit, ConnectionReuse.highestLimit)
        return true
    }

    /// Whether a request to the host may use a kept connection, and keep its own.
    func isAllowed(for target: RequestTarget, now: Instant) -> Bool {
        distrustedUntil.isEmpty || distrustedUntil[target, default: .distantPast] <= now
    }

    /// Records that the host closed a kept connection before it answered.
    func wasClosed(by target: RequestTarget, now: Instant) {
        if distrustedUntil.count >= Self.distrustedLimit { distrustedUntil = distrustedUntil.filter { $0.value > now } }
        guard distrustedUntil.count < Self.distrustedLimit else { return }
        distrustedUntil[target] = now + Self.distrust
    }

    /// Remembers the connection of a request that has ended; another request may reuse it.
    func remember(connectionOf handle: UnsafeMutableRawPointer) {
        var socket: curl_socket_t = -1
        var remote: UnsafePointer<CChar>?
        var local: UnsafePointer<CChar>?
        var remotePort = 0
        var localPort = 0
        guard unsafe curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0,
            unsafe curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &remote) == CURLE_OK,
            unsafe curl_easy_getinfo(handle, CURLINFO_LOCAL_IP, &local) == CURLE_OK,
            unsafe curl_easy_getinfo(handle, CURLINFO_PRIMARY_PORT, &remotePort) == CURLE_OK,
            unsafe curl_easy_getinfo(handle, CURLINFO_LOCAL_PORT, &localPort) == CURLE_OK
        else { return }
        let both = unsafe ConnectionReuse.ends(remote, remotePort, local, localPort)
        // The system reuses the number of a closed socket.
        let old = ends[socket]
        if old == both { return }
        if let old { sockets[old] = nil }
        ends[socket] = both
        sockets[both] = socket
    }

    /// Whether a kept connection has bytes to read or was closed.
    func hasSpoken(_ ends: Ends) -> Bool {
        guard let socket = sockets[ends] else { return false }
        var descriptors = [pollfd(fd: socket, events: Int16(POLLIN), revents: 0)]
        return unsafe poll(&descriptors, 1, 0) > 0
    }

    static func ends(
        _ remote: UnsafePointer<CChar>?, _ remotePort: Int, _ local: UnsafePointer<CChar>?, _ localPort: Int
    ) -> Ends {
        let remote = unsafe remote.map { unsafe String(cString: $0) } ?? ""
        let local = unsafe local.map { unsafe String(cString: $0) } ?? ""
        return Ends(remote: remote, remotePort: remotePort, local: local, localPort: localPort)
    }
}
