package import System

/// A small HTTP/1.1 server on one thread, for trying out, for tests and for faults. It misbehaves on demand.
package final class Receiver {
    /// Called with every request, before it is answered.
    package var onRequest: ((ReceivedRequest) -> Void)?
    /// Called when the whole answer to a request has been handed to the network.
    package var onAnswered: ((ReceivedRequest) -> Void)?
    /// Decides what is done from now on.
    package var conduct: Conduct
    /// The first port it listens on.
    package let port: UInt16
    /// How many connections were accepted so far.
    package private(set) var accepted = 0

    private let epoll: Epoll
    private var listeners: [CInt: TCPListener] = [:]
    private var connections: [CInt: Connection] = [:]
    /// The connections with a step that is due at a time.
    private var timed: Set<CInt> = []

    /// `address` is the address to listen on. Port 0 lets the system choose one.
    package init(address: String = "127.0.0.1", port: UInt16 = 0, conduct: @escaping Conduct) throws(SystemError) {
        ignoreBrokenPipes()
        epoll = try Epoll()
        self.conduct = conduct
        let listener = try TCPListener(address: address, port: port)
        self.port = listener.port
        try listen(on: listener)
    }

    package convenience init(
        port: UInt16 = 0, behaviour: ReceiverBehaviour = ReceiverBehaviour()
    ) throws(SystemError) {
        try self.init(port: port, conduct: behaviour.conduct())
    }

    /// Also serves the connections of another listener.
    package func listen(on listener: TCPListener) throws(SystemError) {
        listeners[listener.descriptor.number] = listener
        try epoll.add(listener.descriptor.number, for: .read)
    }

    /// Serves until the condition holds. It is checked after every turn, at least ten times a second.
    package func run(until isDone: () -> Bool) throws(SystemError) {
        while !isDone() { try turn(atMost: .milliseconds(100)) }
    }

    /// Waits at most this time for events and handles them.
    package func turn(atMost limit: Duration) throws(SystemError) {
        for event in try epoll.wait(atMost: timeout(atMost: limit)) {
            if let listener = listeners[event.descriptor] {
                try acceptAll(from: listener)
            } else if let connection = connections[event.descriptor] {
                serve(connection, isReadable: event.isReadable)
            }
        }
        if timed.isEmpty { return }
        let now = Instant.now
        for number in timed {
            guard let connection = connections[number], let dueAt = connection.dueAt, dueAt <= now else { continue }
            serve(connection, isReadable: false)
        }
    }

    private func timeout(atMost limit: Duration) -> Duration {
        let dueAt = timed.compactMap { connections[$0]?.dueAt }.min()
        guard let dueAt else { return limit }
        return min(limit, dueAt.remaining)
    }

    private func acceptAll(from listener: TCPListener) throws(SystemError) {
        while let descriptor = try listener.accept() {
            accepted += 1
            let connection = Connection(descriptor, number: accepted, port: listener.port)
            connections[descriptor.number] = connection
            // A connection that is gone already is dropped when it is served.
            try? descriptor.setNoDelay()
            try epoll.add(descriptor.number, for: .read)
            guard let steps = conduct(.connected(port: listener.port)) else { continue }
            connection.follow(steps)
            serve(connection, isReadable: false)
        }
    }

    /// Does everything on a connection that can be done now. A connection that fails is dropped.
    private func serve(_ connection: Connection, isReadable: Bool) {
        do {
            if isReadable, try !read(connection) { return drop(connection) }
            while try advance(connection) {}
            guard connections[connection.descriptor.number] != nil else { return }
            try updateInterest(of: connection)
        } catch {
            drop(connection)
        }
    }

    /// - Returns: whether the other side is still there.
    private func read(_ connection: Connection) throws(SystemError) -> Bool {
        switch try connection.descriptor.read(upTo: 65_536) {
        case .bytes(let bytes): connection.parser.append(bytes)
        case .end: return false
        case .wouldBlock: break
        }
        return true
    }

    /// Takes a request, or follows one step.
    /// - Returns: whether another may follow at once.
    private func advance(_ connection: Connection) throws(SystemError) -> Bool {
        switch connection.phase {
        case .reading: return readRequest(from: connection)
        case .following(let steps, let time):
            try connection.flush()
            guard connection.isFlushed, time <= Instant.now else { return false }
            return try follow(steps, on: connection)
        case .silent: return false
        }
    }

    private func readRequest(from connection: Connection) -> Bool {
        switch connection.parser.next() {
        case .needsMore:
            guard let head = connection.parser.head, !connection.hasSeenHead else { return false }
            connection.hasSeenHead = true
            return respond(to: head, of: connection, as: Occasion.head)
        case .expectsContinue:
            connection.follow([.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))])
            return true
        case .malformed:
            connection.follow([
                .send(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)), .close,
            ])
            return true
        case .request(let parsed):
            connection.hasSeenHead = false
            return respond(to: parsed, of: connection) { request in
                onRequest?(request)
                return .request(request)
            }
        }
    }

    private func respond(
        to parsed: RequestParser.ParsedRequest, of connection: Connection, as occasion: (ReceivedRequest) -> Occasion
    ) -> Bool {
        let request = ReceivedRequest(
            method: parsed.method, target: parsed.target, headers: parsed.headers, body: parsed.body,
            keepsAlive: parsed.keepsAlive, at: WallClock.unixMilliseconds, connection: connection.number,
            port: connection.port)
        guard let steps = conduct(occasion(request)) else { return false }
        connection.request = request
        connection.follow(steps)
        return true
    }

    /// Follows the first of the steps.
    private func follow(_ steps: ArraySlice<Step>, on connection: Connection) throws(SystemError) -> Bool {
        let rest = steps.dropFirst()
        switch steps.first {
        case .send(let bytes):
            connection.send(bytes)
            connection.phase = .following(rest, notBefore: .distantPast)
        case .wait(let duration):
            let time = Instant.now + duration
            connection.phase = .following(rest, notBefore: time)
        case .drip(let bytes, let interval):
            guard let first = bytes.first else {
                connection.phase = .following(rest, notBefore: .distantPast)
                return true
            }
            let next = [.wait(interval), .send([first])] as [Step]
            let later = Step.drip(Array(bytes.dropFirst()), interval: interval)
            connection.phase = .following(next + [later] + rest, notBefore: .distantPast)
        case .endlessly(let bytes):
            connection.send(bytes)
            try connection.flush()
            // Sends one portion per turn, so that other connections are served too.
            return false
        case .silence:
            connection.phase = .silent(isDeaf: false)
            return false
        case .deafness:
            connection.phase = .silent(isDeaf: true)
            return false
        case .close, nil:
            if let request = connection.request { onAnswered?(request) }
            connection.request = nil
            guard steps.isEmpty else {
                drop(connection)
                return false
            }
            connection.phase = .reading
        case .reset:
            try connection.descriptor.resetOnClose()
            drop(connection)
            return false
        }
        return true
    }

    private func updateInterest(of connection: Connection) throws(SystemError) {
        let number = connection.descriptor.number
        if connection.dueAt == nil { timed.remove(number) } else { timed.insert(number) }
        let interest = connection.neededInterest
        guard interest != connection.interest else { return }
        connection.interest = interest
        try epoll.change(number, to: interest)
    }

    /// Forgets a connection; its descriptor is closed with the last reference to it.
    private func drop(_ connection: Connection) {
        timed.remove(connection.descriptor.number)
        connections[connection.descriptor.number] = nil
    }
}
