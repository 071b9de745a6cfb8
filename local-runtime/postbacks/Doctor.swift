import ArgumentParser
import Egress
import EmbeddedPostgres
import FunctionRuntime
import POSIX
import Poller
import Postbacks
import Postgres
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
            findings += Doctor.database(installation)
        } catch {
            findings.append(.wrong("settings", error.message))
        }
        Terminal.print(Terminal.table(findings.map { [$0.isWrong ? "✗" : "✓", $0.subject, $0.message] }))
        if findings.contains(where: \.isWrong) { throw ExitCode(1) }
    }

    private struct Finding {
        let isWrong: Bool
        let subject: String
        let message: String

        static func good(_ subject: String, _ message: String) -> Finding {
            Finding(isWrong: false, subject: subject, message: message)
        }
        static func wrong(_ subject: String, _ message: String) -> Finding {
            Finding(isWrong: true, subject: subject, message: message)
        }
    }

    private static func settings(_ installation: Installation) -> [Finding] {
        var findings: [Finding] = []
        do throws(FunctionError) {
            _ = try PollerSettings(installation.settings, connectionString: "")
            _ = try installation.settings(.retrySchedule)
            let egress: Setting = .allowCIDRs
            _ = try installation.settings(egress)
            let proxy: Setting<Proxy?> = .proxy
            _ = try installation.settings(proxy)
            _ = try installation.settings(.connectTimeout)
            _ = try installation.settings(.logLevel)
            findings.append(.good("settings", "all can be read"))
        } catch {
            findings.append(.wrong("settings", error.message))
        }
        do throws(FunctionError) {
            if try installation.settings(.encryptionKey) != nil {
                findings.append(.good("encryption key", "POSTBACKS_ENCRYPTION_KEY is set"))
            } else if installation.isEmbedded {
                findings.append(.good("encryption key", "the embedded default's own: \(installation.keyFile)"))
            } else {
                findings.append(
                    .wrong(
                        "encryption key",
                        "POSTBACKS_ENCRYPTION_KEY is not set, so no postback can have a secret; make one: echo \"1:$(openssl rand -base64 32)\""
                    ))
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
            guard try Migrations.areComplete(on: connection) else {
                return findings + [
                    .wrong("tables", "they are not there or of an older version; run: postbacks migrate")
                ]
            }
            findings.append(.good("tables", "of this version"))
            let owed = try connection.run(
                "SELECT state, count(*) AS count FROM delivery_log GROUP BY state ORDER BY state")
            let counts = owed.map { "\($0.integer("count") ?? 0) \($0.text("state") ?? "")" }
            return findings + [.good("deliveries", counts.isEmpty ? "none yet" : counts.joined(separator: ", "))]
        } catch {
            return [.wrong("database", "\(error)")]
        }
    }
}
