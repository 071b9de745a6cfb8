package import Gateway
import Glibc
package import System

/// One function behind HTTP/1.1. One thread reads requests, hands their inputs to the function's warm processes, and
/// writes the answers. It reads the method and the headers of a request, and checks only that the body is one JSON
/// object.
package final class FunctionServer {
    /// The protocol that is spoken over HTTP.
    package enum Dialect: Sendable {
        /// Plain requests and CloudEvents.
        case plain
        case fn
    }

    /// The stage of the server's end.
    enum End {
        case none
        /// Requests are accepted until this time, and each connection is closed after its answer.
        case draining(until: Instant)
        /// No further request is accepted. Requests under way may take until this time.
        case closing(until: Instant)
    }

    let function: String
    let dialect: Dialect
    let limits: ServerLimits
    let pool: FunctionPool
    let epoll: Epoll
    let inbox: AnswerInbox
    var listener: Descriptor?
    /// When connections are accepted again after the system had no descriptor or memory for one.
    var acceptTime: Instant?
    var connections: [CInt: ServedConnection] = [:]
    var end = End.none
    private let signals: SignalDescriptor
    private let drain: Duration
    private var lastSerial: UInt64 = 0
    private var nextSweep: Instant = .distantPast

    private static let sweepInterval: Duration = .milliseconds(200)

    /// `listener` is a listening socket, and `drain` is how long requests are accepted after SIGTERM.
    package init(
        _ function: String, pool: FunctionPool, listener: Descriptor, dialect: Dialect, signals: SignalDescriptor,
        drain: Duration, limits: ServerLimits
    ) throws(SystemError) {
        self.function = function
        self.dialect = dialect
        self.limits = limits
        self.pool = pool
        self.signals = signals
        self.drain = drain
        self.listener = listener
        epoll = try Epoll()
        inbox = try AnswerInbox()
        try epoll.add(listener.number, for: .read)
        try epoll.add(signals.descriptor.number, for: .read)
        try epoll.add(inbox.descriptor.number, for: .read)
    }

    /// Serves until a signal ends it and everything that was accepted is answered.
    package func run() throws(SystemError) {
        while !isOver {
            for item in inbox.takeAll() { deliver(item) }
            let limit: Duration? = inbox.fallAsleep() ? pause : .zero
            for event in try epoll.wait(atMost: limit) { try handle(event) }
            if Instant.now >= nextSweep { try sweep() }
        }
    }

    private func handle(_ event: Epoll.Event) throws(SystemError) {
        switch event.descriptor {
        case inbox.descriptor.number: inbox.clear()
        case signals.descriptor.number: try beginEnd(try signals.readPending())
        case listener?.number: try acceptAll()
        default: if let connection = connections[event.descriptor] { serve(connection, isReadable: event.isReadable) }
        }
    }

    /// How long the thread may sleep; nil for as long as nothing happens.
    private var pause: Duration? {
        if case .none = end, connections.isEmpty, acceptTime == nil { return nil }
        return FunctionServer.sweepInterval
    }

    /// Closes the connections whose deadline has passed, and ends the drain when its time is over.
    private func sweep() throws(SystemError) {
        let now = Instant.now
        nextSweep = now + FunctionServer.sweepInterval
        for connection in connections.values where connection.deadline <= now { isLate(connection) }
        if let time = acceptTime, time <= now, let listener {
            acceptTime = nil
            try epoll.add(listener.number, for: .read)
        }
        if case .draining(let until) = end, until <= now { try beginClosing() }
    }

    func accept(_ descriptor: Descriptor) throws(SystemError) -> ServedConnection {
        lastSerial += 1
        let connection = ServedConnection(descriptor, serial: lastSerial, limits)
        try epoll.add(descriptor.number, for: .read)
        connections[descriptor.number] = connection
        return connection
    }
}

/// The end.
extension FunctionServer {
    private var isOver: Bool {
        guard case .closing(let until) = end else { return false }
        return connections.isEmpty || until <= .now
    }

    /// Whether connections are closed behind their next answer.
    var isEnding: Bool { if case .none = end { false } else { true } }

    /// A platform sends SIGTERM and still passes on requests for a while. SIGINT of a person at a terminal, or a second
    /// signal, ends the server at once.
    private func beginEnd(_ arrived: [CInt]) throws(SystemError) {
        guard !arrived.isEmpty else { return }
        switch end {
        case .none where arrived.allSatisfy({ $0 == SIGTERM }) && drain > .zero:
            end = .draining(until: .now + drain)
        case .none, .draining: try beginClosing()
        case .closing: break
        }
    }

    private func beginClosing() throws(SystemError) {
        end = .closing(until: .now + limits.endPatience)
        // Connections that the system has accepted already are served too.
        try acceptAll()
        listener = nil
        for connection in Array(connections.values) {
            if connection.isIdle { serve(connection, isReadable: true) }
            if connection.isIdle { drop(connection) }
        }
    }
}
