import ArgumentParser
import Egress
import EmbeddedPostgres
import FunctionRuntime
import POSIX
import Poller
import Postbacks
import Postgres
import Secrets
import Store

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is missing or wrong, and how to mend it. Exit status 1 if anything is.")

    func run() throws {
        var findings: [Finding] = []
        do throws(FunctionError) {
            let installation = try Installation()
            findings += Doctor.settings(installation)
            findings += Doctor.functions(installation)
            findings += Doctor.sending(installation)
            findings += Doctor.database(installation)
        } catch {
            findings.append(.wrong("settings", error.message))
        }
        Terminal.print(Terminal.table(findings.map { [$0.mark, $0.subject, $0.message] }))
        if findings.contains(where: \.isWrong) { throw ExitCode(1) }
    }

    struct Finding {
        let mark: String
        let subject: String
        let message: String

        var isWrong: Bool { mark == "✗" }

        static func good(_ subject: String, _ message: String) -> Finding {
            Finding(mark: "✓", subject: subject, message: message)
        }
        /// Worth knowing, and not this installation's fault.
        static func notable(_ subject: String, _ message: String) -> Finding {
            Finding(mark: "!", subject: subject, message: message)
        }
        static func wrong(_ subject: String, _ message: String) -> Finding {
            Finding(mark: "✗", subject: subject, message: message)
        }
    }

    private static func settings(_ installation: Installation) -> [Finding] {
        var findings: [Finding] = []
        do throws(FunctionError) {
            _ = try PollerSettings(installation.settings, connectionString: "")
            try DeliverySettings.check(installation.settings)
            findings.append(.good("settings", "all can be read"))
        } catch {
            findings.append(.wrong("settings", error.message))
        }
        do throws(FunctionError) {
            let keys = try installation.requireKeys()
            let isOwn = !installation.settings.has("POSTBACKS_ENCRYPTION_KEY")
            if isOwn, let mode = FileSystem.ownership(of: installation.keyFile)?.mode, mode & 0o077 != 0 {
                findings.append(
                    .wrong("encryption key", "others may read it; run: chmod 600 \(installation.keyFile)"))
            } else {
                findings.append(
                    .good(
                        "encryption key",
                        isOwn
                            ? "the embedded default's own: \(installation.keyFile)"
                            : "POSTBACKS_ENCRYPTION_KEY has the \(keys)"))
            }
        } catch {
            findings.append(.wrong("encryption key", error.message))
        }
        return findings
    }

    private static func functions(_ installation: Installation) -> [Finding] {
        let missing = FunctionNames.all.filter { !Executable.isExecutable("\(installation.functions)/\($0)") }
        if missing.isEmpty {
            return [.good("functions", "all \(FunctionNames.all.count) in \(installation.functions)")]
        }
        return [
            .wrong(
                "functions",
                "not in \(installation.functions): \(missing.joined(separator: ", ")); build them (swift build), or set POSTBACKS_FUNCTIONS"
            )
        ]
    }

    /// Whether deliverPostback runs and has what it needs of this system.
    private static func sending(_ installation: Installation) -> [Finding] {
        var findings: [Finding] = []
        do throws(FunctionError) {
            let program = try installation.function("deliverPostback")
            let environment = try installation.environment(of: "deliverPostback", connectionString: nil)
            findings.append(DeliveryCheck.run(program, environment: environment))
        } catch {
            findings.append(.wrong("sending", error.message))
        }
        do throws(FunctionError) {
            let wanted = try installation.settings(.concurrency)
            let possible = PollerSettings.requests(openFiles: OpenFiles.limit)
            findings.append(
                possible >= wanted
                    ? .good("open files", "\(OpenFiles.limit), enough for \(wanted) requests in flight")
                    : .notable(
                        "open files",
                        "\(OpenFiles.limit) allow \(possible) requests in flight, not \(wanted); raise the limit (ulimit -n)"
                    ))
        } catch {
            // Said under "settings" already.
        }
        findings.append(
            NameServers.areReachable()
                ? .good("name servers", "one answers")
                : .wrong("name servers", "none of /etc/resolv.conf answers: no name can be delivered to"))
        return findings
    }

    private static func database(_ installation: Installation) -> [Finding] {
        let connectionString: String
        do throws(FunctionError) {
            connectionString = try installation.connectionString()
        } catch {
            return [.wrong("database", error.message)]
        }
        do throws(PostgresError) {
            let connection = try Connection(connectionString, applicationName: "postbacks doctor")
            let version = try connection.run(
                "SELECT current_setting('server_version_num')::int AS number, version() AS text")
            let number = version.first?.integer("number") ?? 0
            var findings: [Finding] = [
                number >= 150_000
                    ? .good("database", version.first?.text("text") ?? "")
                    : .wrong(
                        "database",
                        "PostgreSQL 15 or newer is needed; this is \(version.first?.text("text") ?? "older")")
            ]
            if let encoding = connection.serverEncoding, encoding != "UTF8" {
                findings.append(.wrong("encoding", "the database's encoding is \(encoding); it must be UTF8"))
            }
            guard try Migrations.areComplete(on: connection) else {
                return findings + [
                    .wrong("tables", "they are not there or of an older version; run: postbacks migrate")
                ]
            }
            findings.append(.good("tables", "of this version"))
            let owed = try connection.run(
                "SELECT state, count(*) AS count FROM delivery_log GROUP BY state ORDER BY state")
            let counts = owed.map { "\($0.integer("count") ?? 0) \($0.text("state") ?? "")" }
            findings.append(.good("deliveries", counts.isEmpty ? "none yet" : counts.joined(separator: ", ")))
            findings += try sequences(connection) + [try sender(connection), try destinations(connection)]
            return findings + secrets(installation, connectionString)
        } catch {
            return [.wrong("database", "\(error)")]
        }
    }

    /// Those that would give an id that is taken, each with what mends it.
    private static func sequences(_ connection: Connection) throws(PostgresError) -> [Finding] {
        let behind = try Migrations.sequencesBehind(on: connection)
        if behind.isEmpty { return [.good("sequences", "all are ahead of their tables")] }
        return behind.map {
            .wrong(
                "sequences",
                "\($0.name) would give \($0.next), and \($0.last) is taken; a poller brings it forward, or run: SELECT setval('\($0.name)', \($0.last))"
            )
        }
    }

    /// Whether this is the database that sends.
    private static func sender(_ connection: Connection) throws(PostgresError) -> Finding {
        if let refusal = try InstallationMark.refusal(on: connection) { return .wrong("installation", refusal) }
        return .good("installation", "this database is the one that sends")
    }

    /// Whether there is a key for everything that is sealed.
    private static func secrets(_ installation: Installation, _ connectionString: String) -> [Finding] {
        do throws(FunctionError) {
            let environment = try installation.environment(connectionString: connectionString)
            let database = try Database(Settings(environment: environment), applicationName: "postbacks doctor")
            let sealed = try SecretRotation.sealed(in: database)
            let known = (try? installation.requireKeys().ids) ?? []
            let missing = sealed.filter { !known.contains($0.key) }.map {
                Finding.wrong(
                    "secrets",
                    "\($0.count) are sealed with the key \($0.key), which POSTBACKS_ENCRYPTION_KEY does not have: put it back"
                )
            }
            if !missing.isEmpty { return missing }
            let old = sealed.filter { $0.key != known.first }.map { "\($0.count) with the key \($0.key)" }
            let rest = old.isEmpty ? "" : "; of them \(old.joined(separator: ", ")): postbacks rekey seals them anew"
            return [.good("secrets", "\(sealed.reduce(0) { $0 + $1.count }) sealed\(rest)")]
        } catch {
            return [.wrong("secrets", error.message)]
        }
    }

    /// Those that do not answer, or asked to be left alone.
    private static func destinations(_ connection: Connection) throws(PostgresError) -> Finding {
        let rows = try connection.run(
            """
            SELECT origin, failures, rfc3339(failing_since) AS since,
                CASE WHEN blocked_until > now() THEN rfc3339(blocked_until) END AS until
            FROM destinations WHERE blocks > 0 OR blocked_until > now() ORDER BY failing_since, id
            """)
        if rows.isEmpty { return .good("destinations", "none is blocked") }
        let lines = rows.prefix(10).map { row in
            let origin = Terminal.safe(row.text("origin") ?? "")
            let silence = row.text("since").map { "no answer since \($0) (\(row.integer("failures") ?? 0) requests)" }
            let block = row.text("until").map { "nothing is sent before \($0)" }
            return "\(origin): " + [silence, block].compactMap(\.self).joined(separator: ", ")
        }
        let more = rows.count > lines.count ? ["and \(rows.count - lines.count) more"] : []
        return .notable("destinations", (lines + more).joined(separator: "; "))
    }
}
