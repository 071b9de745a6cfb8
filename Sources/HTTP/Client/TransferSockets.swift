import CCurl
import Glibc
import System

/// The sockets of the running transfers, and the time at which curl must be called even if none of them is ready. The
/// cost of a turn grows only with the number of ready sockets. (`curl_multi_perform` would ask the system about the
/// socket of each transfer, ready or not.)
@safe final class TransferSockets {
    private let multi: UnsafeMutableRawPointer
    private let epoll: Epoll
    /// The sockets that the system watches, with the events for which it watches them.
    private var watched: [CInt: Epoll.Interest] = [:]
    /// The watched sockets of connections that are kept and not in use. The next transfer usually waits for the same
    /// events, so they stay watched.
    private var kept: Set<CInt> = []
    /// The sockets that could not be added because the system was short of memory. Each turn checks them.
    private var unwatched: Set<CInt> = []
    /// The sockets that curl has removed since the events were read. Their numbers may belong to other sockets by now.
    private var removed: Set<CInt> = []
    private var timer: Instant?

    /// The time between two checks of the sockets that are not watched.
    private static let lookInterval: Duration = .milliseconds(10)

    init(_ multi: UnsafeMutableRawPointer) throws(SystemError) {
        unsafe self.multi = multi
        epoll = try Epoll()
    }

    /// Makes curl report its sockets and times to this object, which must live as long as the multi handle.
    func attach() -> CURLMcode {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        for code in unsafe [
            curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this),
            curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, TransferSockets.socketChanged),
            curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this),
            curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, TransferSockets.timerChanged),
        ] where code != CURLM_OK { return code }
        return CURLM_OK
    }

    /// A descriptor that becomes readable when a socket is ready.
    var signal: CInt { epoll.number }

    /// When `drive` must be called even if `signal` stays silent.
    var deadline: Instant? {
        guard !unwatched.isEmpty else { return timer }
        let look = Instant.now + TransferSockets.lookInterval
        return timer.map { min($0, look) } ?? look
    }

    /// Lets curl work on the sockets that are ready, and on the transfers whose time has come.
    func drive() {
        var running: CInt = 0
        removed = []
        for event in (try? epoll.wait(atMost: .zero)) ?? [] where !removed.contains(event.descriptor) {
            // The host has closed a kept connection or sent something on it. The next request will notice that.
            if kept.contains(event.descriptor) {
                forget(event.descriptor)
                continue
            }
            let mask = (event.isReadable ? CURL_CSELECT_IN : 0) | (event.isWritable ? CURL_CSELECT_OUT : 0)
            _ = unsafe curl_multi_socket_action(multi, event.descriptor, mask, &running)
        }
        for socket in unwatched { _ = unsafe curl_multi_socket_action(multi, socket, 0, &running) }
        guard let timer, timer <= .now else { return }
        self.timer = nil
        _ = unsafe curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
    }

    private func change(_ socket: CInt, to interest: Epoll.Interest) {
        kept.remove(socket)
        do throws(SystemError) {
            switch watched[socket] {
            case interest: return
            case nil: try epoll.add(socket, for: interest)
            case _?: try epoll.change(socket, to: interest)
            }
            watched[socket] = interest
            unwatched.remove(socket)
        } catch {
            unwatched.insert(socket)
        }
    }

    private func keep(_ socket: CInt) {
        if watched[socket] != nil { kept.insert(socket) }
        unwatched.remove(socket)
        removed.insert(socket)
    }

    /// Stops watching the socket.
    private func forget(_ socket: CInt) {
        kept.remove(socket)
        if watched.removeValue(forKey: socket) != nil { try? epoll.remove(socket) }
    }

    /// Closes a socket for curl.
    private func close(_ socket: CInt) -> CInt {
        // The system stops watching a closed socket, and may give its number to another one.
        watched[socket] = nil
        kept.remove(socket)
        unwatched.remove(socket)
        removed.insert(socket)
        return Glibc.close(socket)
    }

    /// The callback that closes a transfer's sockets; its context (`CURLOPT_CLOSESOCKETDATA`) is this object.
    static let socketClosed: curl_closesocket_callback = { context, socket in
        guard let context = unsafe context else { return Glibc.close(socket) }
        return unsafe Unmanaged<TransferSockets>.fromOpaque(context).takeUnretainedValue().close(socket)
    }

    private static let socketChanged: curl_socket_callback = { _, socket, change, context, _ in
        guard let context = unsafe context else { return 0 }
        let sockets = unsafe Unmanaged<TransferSockets>.fromOpaque(context).takeUnretainedValue()
        switch change {
        case CURL_POLL_REMOVE: sockets.keep(socket)
        case CURL_POLL_IN: sockets.change(socket, to: .read)
        case CURL_POLL_OUT: sockets.change(socket, to: .write)
        case CURL_POLL_INOUT: sockets.change(socket, to: [.read, .write])
        default: sockets.change(socket, to: [])
        }
        return 0
    }

    private static let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
        guard let context = unsafe context else { return 0 }
        let sockets = unsafe Unmanaged<TransferSockets>.fromOpaque(context).takeUnretainedValue()
        sockets.timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
        return 0
    }
}
