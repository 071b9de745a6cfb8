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
    /// Whether the protocol is in a state from which this connection cannot recover.
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
        return try results(unlessReadable: nil) ?? []
    }

    /// Waits for the results of the groups that were started; see `poll`.
    /// - Returns: nil if `descriptor` became readable before.
    /// - Throws: `.unreachable` at an interruption, after which the connection is not usable.
    package func results(
        unlessReadable descriptor: CInt?
    ) throws(PostgresError) -> [Result<[Rows], PostgresError>]? {
        while true {
            if let results = poll() { return results }
            do {
                let other = descriptor.map { [Interest.readNumber($0)] } ?? []
                let isReady = try waitForPostgres(other + interests, atMost: nil, unless: interruption)
                if isReady.prefix(other.count).contains(true), !isReady.dropFirst(other.count).contains(true) {
                    return nil
                }
            } catch {
                isOutOfStep = true
                throw error
            }
        }
    }
}

/// Whether this connection has a server session of its own. A pooler in transaction mode gives each transaction one of
/// its sessions: statements prepared, parameters set and channels listened to there are lost to this connection, and
/// other clients find them.
package enum Session: Equatable, Sendable {
    case unknown
    /// A pipeline has been sent, and it is not known whether the session is shared. The next pipeline contains a probe.
    case used
    /// The session belongs to this connection alone, as long as it lasts.
    case own
    case shared

    func shouldProbe(_ wish: Bool?) -> Bool { self == .used || self == .unknown && wish == true }
}

extension Connection {
    /// The server's encoding, as reported when the connection was made.
    package var serverEncoding: String? {
        guard let text = unsafe PQparameterStatus(handle.pointer, "server_encoding") else { return nil }
        return unsafe String(cString: text)
    }

    /// Checks whether an idle connection is still open, so that nothing is sent on one that the server has closed.
    package func isStillThere() -> Bool {
        guard isUsable, !isBusy else { return isUsable }
        do throws(PostgresError) {
            // The server's last messages come first, and then the end of the stream.
            for _ in 0..<16 where isUsable && loss == nil {
                guard try waitForPostgres([.readNumber(socket)], atMost: .zero)[0] else { break }
                if unsafe PQconsumeInput(handle.pointer) == 0 { loss = .unreachable(handle.message) }
                _ = unsafe PQisBusy(handle.pointer)
                if let farewell = handle.farewell { loss = .unreachable(farewell) }
            }
        } catch {
            loss = error
        }
        if loss != nil { isOutOfStep = true }
        return isUsable
    }

    /// Compares the id of the server process with the id that was reported when the connection was made. Behind a
    /// pooler the two differ, because the pooler reports an invented id. In a session of its own the call also sets the
    /// isolation level that every statement here expects, whatever the default of the database or the role is.
    var probe: Call {
        let own = Int(unsafe PQbackendPID(handle.pointer))
        return Call(
            """
            SELECT pg_backend_pid() = \(own)::int AS is_own,
                set_config('default_transaction_isolation', 'read committed', pg_backend_pid() <> \(own)::int)
            """)
    }

    func handleProbe(_ answer: Result<[Rows], PostgresError>) {
        guard session != .shared, case .success(let rows) = answer, let row = rows.first?.first else { return }
        session = row.bool("is_own") == true ? .own : .shared
    }

    /// Learns from an error that the session is shared or that a plan is outdated, and then forgets the prepared
    /// statements. Their old names stay in the session, unused.
    func learn(from error: PostgresError) {
        if error.isOfAnotherSession { session = .shared }
        if error.isOfAnotherSession || error.isOutdatedPlan {
            prepared = [:]
            generation += 1
        }
    }
}

extension Connection {
    /// Runs a text of several statements without parameters. They are one transaction, unless the text itself contains
    /// transaction commands. After a failure no transaction is left open.
    package func execute(script: String) throws(PostgresError) {
        precondition(!isBusy, "a script while something else is under way")
        guard isUsable, unsafe PQexitPipelineMode(handle.pointer) == 1 else {
            throw loss ?? .unreachable(handle.message)
        }
        defer { unsafe PQenterPipelineMode(handle.pointer) }
        let error = runSimple(script) ?? handle.takeUnconfirmedCommit().map(PostgresError.unconfirmedCommit)
        if unsafe error != nil && PQtransactionStatus(handle.pointer) == PQTRANS_INERROR { _ = runSimple("ROLLBACK") }
        if let error { throw error }
    }

    /// Sends the script by the simple query protocol and waits for its end. Returns the first error, or nil.
    private func runSimple(_ script: String) -> PostgresError? {
        guard unsafe PQsendQuery(handle.pointer, script) == 1 else { return .unreachable(handle.message) }
        var first: PostgresError?
        do {
            while true {
                flush()
                while unsafe PQisBusy(handle.pointer) == 0 {
                    guard let pointer = unsafe PQgetResult(handle.pointer) else { return first }
                    let result = unsafe ResultHandle(owning: pointer)
                    first = first ?? failure(result, of: nil)
                }
                guard isUsable else {
                    loss = first ?? .unreachable(handle.message)
                    return loss
                }
                _ = try waitForPostgres(interests, atMost: nil)
                unsafe PQconsumeInput(handle.pointer)
            }
        } catch {
            isOutOfStep = true
            return first ?? error
        }
    }

    /// Sends as much as the socket takes. An error is noticed at the next read.
    func flush() {
        wantsWrite = unsafe PQflush(handle.pointer) == 1
    }

    /// The error in a result, or nil.
    func failure(_ result: ResultHandle, of statement: Statement?) -> PostgresError? {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            isOutOfStep = true
            return .unreachable("COPY is not supported")
        default:
            let name = statement.flatMap { $0.name.isEmpty ? nil : $0.name }
            return result.error(statementName: name)
        }
    }
}

/// A notification that a `NOTIFY` sent on a channel to which this session listens.
package struct Notification: Equatable, Sendable {
    package let channel: String
    package let payload: String
}

extension Connection {
    /// The notifications that have arrived, in order. It reads from the socket, so it also notices a lost connection.
    package func notifications() -> [Notification] {
        if isUsable, unsafe PQconsumeInput(handle.pointer) == 0, !isBusy { loss = .unreachable(handle.message) }
        var notifications: [Notification] = []
        while let notification = unsafe PQnotifies(handle.pointer) {
            defer { unsafe PQfreemem(notification) }
            unsafe notifications.append(
                Notification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)))
        }
        return notifications
    }
}
