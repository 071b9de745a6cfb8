package import POSIX

/// A small HTTP/1.1 server on one thread, for trying out, for tests and for faults: it misbehaves on demand.
package final class Receiver {
    /// Called with every request, before it is answered.
    package var onRequest: ((ReceivedRequest) -> Void)?
    /// The behaviour towards requests from now on.
    package var behaviour: ReceiverBehaviour {
        didSet { script = StatusScript(behaviour) }
    }
    private let listener: TCPListener
    private let epoll: Epoll
    private var script: StatusScript
    private var connections: [CInt: Connection] = [:]
    /// The connections on which something is to be done at a time.
    private var timed: Set<CInt> = []
    /// How many connections were accepted so far.
    package private(set) var accepted = 0

    /// - Parameters:
    ///   - address: the address to listen on.
    ///   - port: 0 lets the system choose.
    package init(
        address: String = "127.0.0.1", port: UInt16 = 0, behaviour: ReceiverBehaviour = ReceiverBehaviour()
    ) throws(SystemError) {
        ignoreBrokenPipes()
        listener = try TCPListener(address: address, port: port)
        epoll = try Epoll()
        try epoll.add(listener.descriptor.number, for: .read)
        self.behaviour = behaviour
        script = StatusScript(behaviour)
    }

    /// The port it listens on.
    package var port: UInt16 { listener.port }

    /// Serves until the condition holds; it is looked at after every turn, at least ten times a second.
    package func run(until isDone: () -> Bool) throws(SystemError) {
        while !isDone() { try turn(milliseconds: 100) }
    }

    /// Waits at most so long for something to arrive, and serves it.
    package func turn(milliseconds: Int) throws(SystemError) {
        for event in try epoll.wait(milliseconds: timeout(atMost: milliseconds)) {
            if event.descriptor == listener.descriptor.number {
                try acceptAll()
            } else if let connection = connections[event.descriptor] {
                serve(connection, isReadable: event.isReadable)
            }
        }
        if timed.isEmpty { return }
        let now = Clock.monotonicNanoseconds
        for number in timed {
            guard let connection = connections[number], let dueAt = connection.dueAt, dueAt <= now else { continue }
            serve(connection, isReadable: false)
        }
    }

    private func timeout(atMost milliseconds: Int) -> Int {
        let dueAt = timed.compactMap { connections[$0]?.dueAt }.min()
        guard let dueAt else { return milliseconds }
        let left = (dueAt - Clock.monotonicNanoseconds + 999_999) / 1_000_000
        return min(milliseconds, max(Int(left), 0))
    }

    private func acceptAll() throws(SystemError) {
        while let descriptor = try listener.accept() {
            try descriptor.setNoDelay()
            accepted += 1
            connections[descriptor.number] = Connection(descriptor, number: accepted)
            try epoll.add(descriptor.number, for: .read)
        }
    }

    /// Does all on a connection that can be done now. A connection that fails is dropped.
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

    /// One step of a connection.
    /// - Returns: whether another may follow at once.
    private func advance(_ connection: Connection) throws(SystemError) -> Bool {
        switch connection.phase {
        case .reading: return try takeRequest(from: connection)
        case .holding(let until, let answer):
            guard until <= Clock.monotonicNanoseconds else { return false }
            connection.send(answer.bytes)
            connection.phase = .sending(answer.afterwards)
            return true
        case .sending(let afterwards):
            try connection.flush()
            guard connection.isFlushed else { return false }
            return try goOn(connection, afterwards)
        case .silent: return false
        }
    }

    private func takeRequest(from connection: Connection) throws(SystemError) -> Bool {
        switch connection.parser.next() {
        case .needsMore: return false
        case .expectsContinue:
            connection.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            connection.phase = .sending(.read)
        case .malformed:
            connection.send(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
            connection.phase = .sending(.close)
        case .request(let parsed):
            let request = ReceivedRequest(
                method: parsed.method, target: parsed.target, headers: parsed.headers, body: parsed.body,
                at: Clock.unixMilliseconds, connection: connection.number
            )
            onRequest?(request)
            let now = Clock.monotonicNanoseconds
            let status = script.next(for: request)
            guard let answer = behaviour.answer(to: request, status: status, keepsAlive: parsed.keepsAlive, now: now)
            else {
                connection.phase = .silent
                return false
            }
            connection.phase = .holding(until: now + Int64(behaviour.delayMilliseconds) * 1_000_000, answer)
        }
        return true
    }

    private func goOn(_ connection: Connection, _ afterwards: Connection.Afterwards) throws(SystemError) -> Bool {
        switch afterwards {
        case .read:
            connection.phase = .reading
        case .close:
            drop(connection)
            return false
        case .reset:
            try connection.descriptor.resetOnClose()
            drop(connection)
            return false
        case .endlessly(let bytes):
            connection.send(bytes)
            try connection.flush()
            // One helping a turn: the others are served as well.
            return false
        case .drip(let rest, let next):
            guard next <= Clock.monotonicNanoseconds else { return false }
            guard let byte = rest.first else {
                connection.phase = .reading
                return true
            }
            connection.send([byte])
            connection.phase = .sending(.drip(rest.dropFirst(), next: next + 1_000_000_000))
        }
        return true
    }

    private func updateInterest(of connection: Connection) throws(SystemError) {
        let number = connection.descriptor.number
        if connection.dueAt == nil { timed.remove(number) } else { timed.insert(number) }
        var awaitsRoom = !connection.isFlushed
        if case .sending(.endlessly) = connection.phase { awaitsRoom = true }
        guard awaitsRoom != connection.awaitsRoom else { return }
        connection.awaitsRoom = awaitsRoom
        try epoll.change(number, to: awaitsRoom ? [.read, .write] : .read)
    }

    /// Its descriptor is closed with its last reference.
    private func drop(_ connection: Connection) {
        timed.remove(connection.descriptor.number)
        connections[connection.descriptor.number] = nil
    }
}
