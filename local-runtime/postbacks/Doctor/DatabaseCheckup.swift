import FunctionRuntime
import Poller
import Postgres
import Store

/// Checks the configured database as the configured login sees it.
struct DatabaseCheckup {
    private let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    func findings() -> [Finding] {
        let connectionString: String
        do throws(FunctionError) {
            connectionString = try installation.connectionString()
        } catch {
            return [.wrong("database", error.message)] + KeyCheck.findings(installation, sealed: nil)
        }
        do throws(PostgresError) {
            let connection = try Connection(connectionString, applicationName: "postbacks doctor")
            // The second round trip of a connection shows whether the session is shared (a pooler).
            _ = try connection.transactions([])
            let server = try connection.run(DescribeServer())
            return [version(server)] + session(connection, server) + inTables(connection, server)
        } catch {
            return [.wrong("database", Self.text(of: error))] + KeyCheck.findings(installation, sealed: nil)
        }
    }

    /// The error with libpq's text. It contains the host, which the user of this program has configured.
    private static func text(of error: PostgresError) -> String {
        if case .unusable(let reason) = error.kind { return "\(reason): \(error.message)" }
        return "\(error)"
    }

    private func version(_ server: DescribeServer.Answer) -> Finding {
        server.number >= 150_000
            ? .good("database", server.text)
            : .wrong("database", "PostgreSQL 15 or newer is needed; this is \(server.text)")
    }

    /// Whether the database can be written to, its encoding, a pooler before it, and the login.
    private func session(_ connection: Connection, _ server: DescribeServer.Answer) -> [Finding] {
        var findings: [Finding] = []
        if server.isStandby {
            findings.append(
                .wrong("writing", "the server is a standby and read-only; DATABASE_URL must lead to the primary")
            )
        } else if server.isReadOnly {
            findings.append(
                .wrong(
                    "writing",
                    "the login \(server.login) can only read: default_transaction_read_only is on for the login, the database or the server"
                ))
        } else {
            findings.append(
                asking("writing") { () throws(PostgresError) in
                    do throws(PostgresError) {
                        try connection.run(TryWriting())
                        return .good("writing", "8 MiB were written and rolled back")
                    } catch {
                        guard !error.isForbidden, error.kind != .unreachable else { throw error }
                        return .wrong("writing", "nothing can be written: \(error)")
                    }
                })
        }
        if let encoding = connection.serverEncoding, encoding != "UTF8" {
            findings.append(
                .wrong(
                    "encoding",
                    "the database's encoding is \(encoding); it must be UTF8; move the data into a database created with",
                    run: "CREATE DATABASE postbacks ENCODING 'UTF8' TEMPLATE template0"))
        }
        if connection.session == .shared {
            findings.append(
                .notable(
                    "pooler",
                    "the database is behind a connection pooler: functions and migrate work through it; give pollers a direct connection"
                ))
        }
        if installation.isEmbedded, !server.hasChecksums {
            findings.append(
                .notable(
                    "checksums", "the cluster has none, so damage on the disk is not noticed; stop `up`, then",
                    run: "pg_checksums --enable -D CLUSTER"))
        }
        return findings
    }

    /// The login and its roles. A login without any of the roles counts as a poller's.
    private func login(_ connection: Connection, _ server: DescribeServer.Answer) -> Finding {
        if let roles = server.roles { return .good("login", "\(server.login), which has \(roles)") }
        return asking("login") { () throws(PostgresError) in
            do throws(PostgresError) {
                try connection.run(CheckPollerRights())
                return .good("login", "\(server.login), which has the rights of a poller")
            } catch {
                guard error.isForbidden else { throw error }
                return .wrong("login", error.message)
            }
        }
    }

    private func inTables(_ connection: Connection, _ server: DescribeServer.Answer) -> [Finding] {
        var version: Migrations.Tables?
        let tables = asking("tables") { () throws(PostgresError) in
            let found = try Migrations.tables(on: connection)
            version = found
            guard let fault = found.fault else { return .good("tables", "of this version") }
            switch found {
            case .missing, .older:
                return .wrong("tables", String(fault.prefix { $0 != ";" }), run: "postbacks migrate")
            case .newer, .current: return .wrong("tables", fault)
            }
        }
        switch version {
        case .missing, .older, nil: return [tables] + KeyCheck.findings(installation, sealed: nil)
        case .current, .newer: break
        }
        let work = WorkCheck(connection)
        return [
            tables, login(connection, server),
            asking("installation") { () throws(PostgresError) in try sender(connection) },
        ]
            + asking(all: "sequences") { () throws(PostgresError) in try sequences(connection) }
            + [
                asking("deliveries") { () throws(PostgresError) in try work.deliveries() },
                asking("pollers") { () throws(PostgresError) in try work.pollers() },
            ]
            + asking(all: "paused") { () throws(PostgresError) in try work.paused() }
            + [
                asking("destinations") { () throws(PostgresError) in try work.destinations() },
                asking("alerts") { () throws(PostgresError) in
                    try work.alerts(isSet: installation.settings.has("POSTBACKS_ALERT_URL"))
                },
                asking("history") { () throws(PostgresError) in
                    try work.history(keptFor: (try? installation.settings(.historyDays)) ?? nil)
                },
                asking("API keys") { () throws(PostgresError) in try work.apiKeys() },
            ]
            + KeyCheck.findings(installation, connection, server)
    }

    /// Whether this is the database that sends.
    private func sender(_ connection: Connection) throws(PostgresError) -> Finding {
        if let refusal = try InstallationMark.refusal(on: connection) {
            return .wrong("installation", String(refusal.prefix { $0 != ";" }), run: "postbacks adopt")
        }
        return .good("installation", "this database is the one that sends")
    }

    /// The sequences whose next id is taken already, each with its remedy.
    private func sequences(_ connection: Connection) throws(PostgresError) -> [Finding] {
        let behind = try connection.run(FindSequencesBehind())
        if behind.isEmpty { return [.good("sequences", "all sequences are ahead of their tables")] }
        return behind.map {
            .wrong(
                "sequences",
                "\($0.name) would give \($0.next), and \($0.last) is taken; a poller advances it, or run",
                run: "SELECT setval('\($0.name)', \($0.last))")
        }
    }
}

/// Asks the database. If the login lacks the right, the finding says so, and the other questions are still asked.
func asking(_ subject: String, _ question: () throws(PostgresError) -> Finding) -> Finding {
    do throws(PostgresError) {
        return try question()
    } catch {
        return error.isForbidden ? .unseen(subject) : .wrong(subject, "\(error)")
    }
}

/// Like `asking(_:_:)`, for a question with several answers.
func asking(all subject: String, _ question: () throws(PostgresError) -> [Finding]) -> [Finding] {
    do throws(PostgresError) {
        return try question()
    } catch {
        return [error.isForbidden ? .unseen(subject) : .wrong(subject, "\(error)")]
    }
}
