import CPostgres
package import System

/// A connection to PostgreSQL, for one thread. It stays usable after an error, unless the connection itself is lost.
///
/// It stays in libpq's pipeline mode: all calls that are started together are sent together and cost one round trip,
/// including the preparation of named statements.
package final class Connection {
    let handle: ConnectionHandle
    /// The statements that are prepared in this session: the text by the name.
    var prepared: [String: String] = [:]
    /// The number of times that all prepared statements had to be forgotten; part of their names in the session.
    var generation = 0
    /// Whether the server session is the connection's own; see `Connection+Session.swift`.
    package internal(set) var session = Session.unknown
    /// The calls that were started and whose results have not been returned.
    var pipeline: Pipeline?
    /// Why the connection was lost, if that is known.
    var loss: PostgresError?
    /// Set when the protocol is in a state that only a new connection can leave.
    var isOutOfStep = false
    /// Whether the socket has not taken everything yet; then wait for writability too.
    package internal(set) var wantsWrite = false

    /// A descriptor that becomes readable when calls shall stop waiting for the server.
    package var interruption: Descriptor?

    /// Connects, and waits at most `connect_timeout`, by default 10 s for each host. `conninfo` is a URI or key=value
    /// pairs as libpq takes them; if it is empty, the `PG…` variables count. `applicationName` is the name that
    /// `pg_stat_activity` shows, unless the string or `PGAPPNAME` sets another. `interruption` is a descriptor that
    /// becomes readable when calls shall stop waiting for the server, for example one of signals.
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

    /// The socket's number, for `wait`; every new connection has another one.
    package var socket: CInt { handle.socket }

    /// False once the connection is known to be lost. A loss is noticed only by sending or reading.
    package var isUsable: Bool { handle.isUsable && !isOutOfStep }

    /// Whether calls were started whose results have not been returned.
    package var isBusy: Bool { pipeline != nil }

    /// The interests to wait for before the next `poll`.
    package var interests: [Interest] {
        wantsWrite ? [.readNumber(socket), .writeNumber(socket)] : [.readNumber(socket)]
    }

    /// The server's notices and warnings since the last call, at most 100.
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

    /// Runs each group as a transaction of its own, all of them in one round trip. A group that fails does not affect
    /// the others, unless the connection is lost; then the groups without an answer fail as `.unreachable`.
    /// - Throws: also `.unreachable` at an interruption, after which the connection is not usable.
    package func transactions(_ groups: [[Call]]) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        try start(groups)
        while true {
            if let results = poll() { return results }
            do {
                try waitForPostgres(interests, atMost: nil, unless: interruption)
            } catch {
                isOutOfStep = true
                throw error
            }
        }
    }
}
