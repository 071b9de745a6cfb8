import CPostgres
package import POSIX

/// A connection to PostgreSQL, for one thread. What fails leaves it usable, unless it is the connection that is lost.
///
/// It stays in libpq's pipeline mode: whatever is started together goes out together and costs one round trip,
/// including the preparation of statements that it keeps.
package final class Connection {
    let handle: ConnectionHandle
    /// The statements that are prepared in this session, and their texts.
    var prepared: [String: String] = [:]
    /// How often everything prepared had to be forgotten; part of the names in the session.
    var generation = 0
    /// Whose the session on the server is; see `Connection+Session.swift`.
    package internal(set) var session = Session.unknown
    /// What has been started and not been handed out.
    var pipeline: Pipeline?
    /// Why the connection was lost, once that is known.
    var loss: PostgresError?
    /// Set by what leaves the protocol in a state that nothing but a new connection ends.
    var isOutOfStep = false
    /// Whether there is more to send than the socket took; then wait for room to write too.
    package internal(set) var wantsWrite = false

    /// What is readable when nobody shall wait for the server any more.
    package var interruption: Descriptor?

    /// Connects, and waits for it as long as `connect_timeout` says, by default 10 s.
    /// - Parameters:
    ///   - conninfo: a URI or key=value pairs as libpq takes them; empty for what the `PG…` variables say.
    ///   - applicationName: what `pg_stat_activity` shows unless the string or `PGAPPNAME` says otherwise.
    ///   - interruption: what is readable when nobody shall wait for the server any more, e.g. a descriptor of signals.
    package convenience init(
        _ conninfo: String, applicationName: String = "postbacks", unless interruption: Descriptor? = nil
    ) throws(PostgresError) {
        self.init(try Connecting(conninfo, applicationName: applicationName).finish(unless: interruption))
        self.interruption = interruption
    }

    init(_ handle: ConnectionHandle) {
        self.handle = handle
        unsafe PQsetnonblocking(handle.pointer, 1)
        unsafe PQenterPipelineMode(handle.pointer)
    }

    /// For `wait`; changes with every new connection.
    package var socket: CInt { handle.socket }

    /// False once the connection is known to be lost. A loss is noticed only when something is sent or read.
    package var isUsable: Bool { handle.isUsable && !isOutOfStep }

    /// Whether something has been started whose results have not been handed out.
    package var isBusy: Bool { pipeline != nil }

    /// What to wait for before the next `poll`.
    package var interests: [Interest] {
        wantsWrite ? [.readNumber(socket), .writeNumber(socket)] : [.readNumber(socket)]
    }

    /// The server's notices and warnings since the last time, at most 100.
    package func takeNotices() -> [String] { handle.takeNotices() }

    /// Runs one statement, which is a transaction of its own.
    package func run(_ statement: Statement, _ parameters: [Parameter] = []) throws(PostgresError) -> Rows {
        try run(Call(statement, parameters))
    }

    package func run(_ query: Query) throws(PostgresError) -> Rows {
        try run(Call(query))
    }

    func run(_ call: Call) throws(PostgresError) -> Rows {
        // One call brings one result.
        try transaction([call])[0]
    }

    /// Runs the calls as one transaction in one round trip: all of them, or none.
    package func transaction(_ calls: [Call]) throws(PostgresError) -> [Rows] {
        try transactions([calls])[0].get()
    }

    /// Runs each group as a transaction of its own, all of them in one round trip. One that fails costs the others nothing,
    /// unless the connection is lost; then those that were not answered fail as `.unreachable`.
    /// - Throws: `.unreachable` too at an interruption, which the connection does not survive.
    package func transactions(_ groups: [[Call]]) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        try start(groups)
        while true {
            if let results = poll() { return results }
            do {
                try waitForPostgres(interests, milliseconds: nil, unless: interruption)
            } catch {
                isOutOfStep = true
                throw error
            }
        }
    }
}
