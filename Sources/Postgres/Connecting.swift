import CPostgres
package import System

/// A connection attempt for an event loop: call `poll` when one of `interests` is ready or `millisecondsLeft` have
/// passed. Only the look-up of a host name may block.
///
/// Each of several hosts has `connect_timeout`, by default 10 s; a host that does not answer in time is skipped.
package final class Connecting {
    private let info: ConnectionInfo
    private let applicationName: String
    private var hosts: [Host]
    private var handle: ConnectionHandle
    private var deadline: Int64?
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

    /// Milliseconds until the present host is given up; nil for no limit.
    package var millisecondsLeft: Int? {
        deadline.map { Int(max($0 - Clock.monotonicNanoseconds, 0) / 1_000_000) + 1 }
    }

    /// Proceeds as far as possible without waiting; returns nil while the connection is not ready.
    package func poll() throws(PostgresError) -> Connection? {
        try isConnected() ? Connection(handle) : nil
    }

    /// Waits until the connection is made or has failed.
    func finish(unless interruption: Descriptor?) throws(PostgresError) -> ConnectionHandle {
        while try !isConnected() {
            try waitForPostgres(interests, milliseconds: millisecondsLeft, unless: interruption)
        }
        return handle
    }

    private func isConnected() throws(PostgresError) -> Bool {
        if try waitForPostgres(interests, milliseconds: 0).contains(true) {
            status = unsafe PQconnectPoll(handle.pointer)
        }
        if status == PGRES_POLLING_OK {
            handle.isConnected()
            return true
        }
        if status == PGRES_POLLING_FAILED { throw connectFailure(of: handle.rawMessage) }
        if let deadline, Clock.monotonicNanoseconds >= deadline { try passOver() }
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
        let seconds = Int64(info.timeoutSeconds)
        deadline = seconds == 0 ? nil : Clock.monotonicNanoseconds + seconds * 1_000_000_000
    }
}

/// Waits until one of the interests is ready or the time is over.
/// - Throws: `.unreachable` if the interruption is readable.
func waitForPostgres(
    _ interests: [Interest], milliseconds: Int?, unless interruption: Descriptor?
) throws(PostgresError) {
    let stop = interruption.map { [Interest.read($0)] } ?? []
    if try waitForPostgres(stop + interests, milliseconds: milliseconds).prefix(stop.count).contains(true) {
        throw .unreachable("interrupted while waiting for the server")
    }
}

/// Calls `wait` and converts its error to `PostgresError`.
func waitForPostgres(_ interests: [Interest], milliseconds: Int?) throws(PostgresError) -> [Bool] {
    do {
        return try wait(for: interests, milliseconds: milliseconds)
    } catch {
        throw .unreachable(error.description)
    }
}
