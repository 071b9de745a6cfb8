import CPostgres
package import System

/// A connection attempt for an event loop: call `poll` when one of `interests` is ready or `timeLeft` has passed.
/// Only the look-up of a host name may block.
///
/// Each of several hosts has `connect_timeout`, by default 10 s; a host that does not answer in time is skipped.
package final class Connecting {
    private let info: ConnectionInfo
    private let applicationName: String
    private var hosts: [Host]
    private var handle: ConnectionHandle
    private var deadline: Instant?
    private var status = PGRES_POLLING_WRITING

    package init(_ conninfo: String, applicationName: String = "postbacks") throws(PostgresError) {
        info = try ConnectionInfo(conninfo)
        self.applicationName = applicationName
        hosts = info.hosts
        handle = try ConnectionHandle(info.parameters(applicationName: applicationName, hosts: hosts))
        setDeadline()
    }

    package var interests: [Interest] {
        status == PGRES_POLLING_READING ? [.readNumber(handle.socket)] : [.writeNumber(handle.socket)]
    }

    /// The time until the present host is given up; nil for no limit.
    package var timeLeft: Duration? { deadline?.remaining }

    /// Proceeds as far as possible without waiting; returns nil while the connection is not ready.
    package func poll() throws(PostgresError) -> Connection? {
        try isConnected() ? Connection(handle) : nil
    }

    /// Waits until the connection is made or has failed.
    func finish(unless interruption: Descriptor?) throws(PostgresError) -> ConnectionHandle {
        while try !isConnected() {
            try waitForPostgres(interests, atMost: timeLeft, unless: interruption)
        }
        return handle
    }

    private func isConnected() throws(PostgresError) -> Bool {
        if try waitForPostgres(interests, atMost: .zero).contains(true) {
            status = unsafe PQconnectPoll(handle.pointer)
        }
        if status == PGRES_POLLING_OK {
            handle.isConnected()
            return true
        }
        if status == PGRES_POLLING_FAILED { throw connectFailure(of: handle.rawMessage) }
        if let deadline, Instant.now >= deadline { try passOver() }
        return false
    }

    /// Starts again without the host that does not answer. (libpq itself skips a host by time only in its blocking
    /// calls.)
    private func passOver() throws(PostgresError) {
        let (name, port) = (handle.host, handle.port)
        let named = hosts.indices.filter { hosts[$0].name == name || hosts[$0].address == name }
        guard hosts.count > 1, let silent = named.first(where: { hosts[$0].port == port }) ?? named.first else {
            throw .unreachable("no answer from the database server in time (host \(name), port \(port))")
        }
        hosts.remove(at: silent)
        handle = try ConnectionHandle(info.parameters(applicationName: applicationName, hosts: hosts))
        status = PGRES_POLLING_WRITING
        setDeadline()
    }

    private func setDeadline() {
        deadline = info.timeout.map { Instant.now + $0 }
    }
}

/// Waits until one of the interests is ready or the time is over.
/// - Returns: which of the interests are ready.
/// - Throws: `.unreachable` if the interruption is readable.
@discardableResult
func waitForPostgres(
    _ interests: [Interest], atMost limit: Duration?, unless interruption: Descriptor?
) throws(PostgresError) -> [Bool] {
    let stop = interruption.map { [Interest.read($0)] } ?? []
    let isReady = try waitForPostgres(stop + interests, atMost: limit)
    if isReady.prefix(stop.count).contains(true) { throw .unreachable("interrupted while waiting for the server") }
    return Array(isReady.dropFirst(stop.count))
}

/// Calls `wait` and converts its error to `PostgresError`.
func waitForPostgres(_ interests: [Interest], atMost limit: Duration?) throws(PostgresError) -> [Bool] {
    do {
        return try wait(for: interests, atMost: limit)
    } catch {
        throw .unreachable(error.description)
    }
}
