import Adapters
import FunctionRuntime
import Gateway
import Glibc
import System
import Text

/// Connections and their bytes.
extension FunctionServer {
    func acceptAll() throws(SystemError) {
        guard let listener, acceptTime == nil else { return }
        do throws(SystemError) {
            while let descriptor = try listener.accept() {
                // Unix sockets have no such option.
                try? descriptor.setNoDelay()
                let isOneTooMany = connections.count >= limits.connections
                if connections.count >= limits.connections + limits.refusedConnections { continue }
                let connection = try accept(descriptor)
                if isOneTooMany { refuse(connection, .unavailable("too many connections; try again")) }
            }
        } catch {
            guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.code) else { throw error }
            try epoll.remove(listener.number)
            acceptTime = .now + .milliseconds(100)
        }
    }

    /// Does everything on a connection that can be done now. A connection that fails is dropped.
    func serve(_ connection: ServedConnection, isReadable: Bool) {
        do throws(SystemError) {
            switch connection.state {
            case .reading:
                guard isReadable else { return }
                switch try connection.descriptor.read(upTo: 1 << 16) {
                case .bytes(let bytes):
                    connection.reader.append(bytes)
                    advance(connection)
                case .wouldBlock: break
                case .end: drop(connection)
                }
            // The next request waits in the socket. With an empty interest epoll reports only that the other side is
            // gone.
            case .calling: connection.interest == [] ? drop(connection) : watch(connection, for: [])
            case .writing(let keepsAlive):
                try write(connection, keepsAlive: keepsAlive)
                advance(connection)
            case .leaving:
                if case .end = try connection.descriptor.read(upTo: 1 << 16) { drop(connection) }
            }
        } catch {
            drop(connection)
        }
    }

    /// Takes the requests that have arrived, up to one that has to wait for its answer.
    func advance(_ connection: ServedConnection) {
        while connection.isReading, connections[connection.descriptor.number] === connection {
            switch connection.reader.next() {
            case .needsMore:
                connection.noteProgress(limits)
                if !connection.reader.isEmpty, heldBytes > limits.allBodies {
                    refuse(connection, .unavailable("too many bodies are arriving; try again"))
                }
                return watch(connection, for: .read)
            case .expectsContinue:
                let bytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
                guard (try? connection.descriptor.writeSome(bytes)) == bytes.count else { return drop(connection) }
            case .request(let call, let keepsAlive): begin(call, keepsAlive: keepsAlive, on: connection)
            case .refused(let status, let message):
                refuse(connection, Refusal(status, FunctionServer.code(of: status), message))
            }
        }
    }

    /// The bytes of unfinished requests that are in memory. Only few connections have any, so that summing them up is
    /// fast.
    private var heldBytes: Int { connections.values.reduce(0) { $0 + $1.reader.heldBytes } }

    private static func code(of status: Int) -> String {
        switch status {
        case 408: "timeout"
        case 413, 431: "too_large"
        default: "invalid_request"
        }
    }

    /// Answers with an error, and accepts nothing more from this connection.
    private func refuse(_ connection: ServedConnection, _ refusal: Refusal) {
        answer(connection, refusal.response(to: nil), keepsAlive: false)
    }

    func isLate(_ connection: ServedConnection) {
        guard connection.isReading, !connection.reader.isEmpty else { return drop(connection) }
        let seconds = limits.patience.wholeSeconds
        refuse(connection, Refusal(408, FunctionServer.code(of: 408), "the request did not arrive within \(seconds) s"))
    }

    /// Writes an answer. `hasBody` is false for the answer to a HEAD.
    func answer(
        _ connection: ServedConnection, _ answer: HTTPAnswer, keepsAlive: Bool, hasBody: Bool = true
    ) {
        let answer = dialect == .fn && ![200, 502].contains(answer.status) ? Fn.refusal(answer) : answer
        let keepsAlive = keepsAlive && !isEnding
        connection.send(answer.bytes(keepsAlive: keepsAlive, hasBody: hasBody))
        connection.deadline = .now + limits.idleTime
        connection.state = .writing(keepsAlive: keepsAlive)
        do throws(SystemError) { try write(connection, keepsAlive: keepsAlive) } catch { drop(connection) }
    }

    private func write(_ connection: ServedConnection, keepsAlive: Bool) throws(SystemError) {
        guard try connection.flush() else { return watch(connection, for: .write) }
        if keepsAlive {
            connection.awaitRequest(limits)
        } else {
            connection.descriptor.endOutput()
            connection.state = .leaving
            connection.deadline = .now + limits.leaveTime
        }
        watch(connection, for: .read)
    }

    func watch(_ connection: ServedConnection, for interest: Epoll.Interest) {
        guard interest != connection.interest, connections[connection.descriptor.number] === connection else { return }
        connection.interest = interest
        do throws(SystemError) {
            try epoll.change(connection.descriptor.number, to: interest)
        } catch {
            drop(connection)
        }
    }

    /// Forgets a connection; its descriptor is closed with the last reference to it.
    func drop(_ connection: ServedConnection) {
        guard connections[connection.descriptor.number] === connection else { return }
        try? epoll.remove(connection.descriptor.number)
        connections[connection.descriptor.number] = nil
    }
}

extension HTTPAnswer {
    /// The answer as it goes over the network.
    fileprivate func bytes(keepsAlive: Bool, hasBody: Bool) -> [UInt8] {
        var lines = ["HTTP/1.1 \(status) \(HTTPStatus.reason(status))"]
        lines += headers.map { "\($0.name): \($0.value)" }
        lines += ["Date: \(HTTPDate.now)", "Content-Length: \(body.count)"]
        lines += ["Connection: \(keepsAlive ? "keep-alive" : "close")", "", ""]
        var bytes = Array(lines.joined(separator: "\r\n").utf8)
        if hasBody { bytes += body }
        return bytes
    }
}
