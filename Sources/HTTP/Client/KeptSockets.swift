import CCurl
import Glibc

/// The sockets of the kept connections. Bytes that arrive on one while no request is running would be taken for the
/// answer to the next request, so they are looked for before a request is sent.
@safe final class KeptSockets {
    /// The two ends of a connection, as text.
    struct Ends: Hashable {
        let remote: String
        let local: String
    }

    private var sockets: [Ends: CInt] = [:]
    private var ends: [CInt: Ends] = [:]

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
        let both = unsafe KeptSockets.ends(remote, remotePort, local, localPort)
        // The system reuses the number of a closed socket.
        if let old = ends.updateValue(both, forKey: socket) { sockets[old] = nil }
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
        return Ends(remote: "\(remote) \(remotePort)", local: "\(local) \(localPort)")
    }
}
