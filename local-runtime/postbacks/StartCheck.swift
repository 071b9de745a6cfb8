import FunctionRuntime
import Logging
import Postgres
import Secrets
import Store

/// Checks what a poller needs of a database and what waiting would not repair: its tables, the login's rights, the mark
/// of the installation, and the keys of sealed secrets. If the database cannot be reached now or can only be read, the
/// poller itself waits for it, as it does if it becomes unfit later.
enum StartCheck {
    /// `keys` is nil if no keys are configured. `opensSecrets` says whether secrets are opened on this machine, and not
    /// on a platform. `logger` reports faults that concern some deliveries only; the others can still be sent. Throws
    /// `misconfigured`, naming the fault and its remedy.
    static func run(
        _ connectionString: String, keys: EncryptionKeys?, opensSecrets: Bool, logger: Logger
    ) throws(FunctionError) {
        let refusal: FunctionError?
        do throws(PostgresError) {
            let connection = try Connection(connectionString, applicationName: "postbacks poller")
            refusal = try StartCheck.refusal(of: connection, keys, opensSecrets: opensSecrets, logger)
        } catch {
            refusal = StartCheck.refusal(for: error)
        }
        if let refusal { throw refusal }
        // While the database is away, it is not known whether it contains sealed secrets.
        if keys == nil, opensSecrets { throw .missingKey }
    }

    /// The error for a missing key, on a database that may have no tables of this version yet.
    static func missingKey(_ connectionString: String) -> FunctionError {
        guard let connection = try? Connection(connectionString, applicationName: "postbacks"),
            let checks = try? SealCheck.run(on: connection, keys: nil), !checks.isEmpty
        else { return .missingKey }
        return .lostKey(checks)
    }

    private static func refusal(
        of connection: Connection, _ keys: EncryptionKeys?, opensSecrets: Bool, _ logger: Logger
    ) throws(PostgresError) -> FunctionError? {
        if let encoding = connection.serverEncoding, encoding != "UTF8" {
            return FunctionError(.misconfigured, "the database's encoding is \(encoding); it must be UTF8")
        }
        if let fault = try Migrations.tables(on: connection).fault { return FunctionError(.misconfigured, fault) }
        try connection.run(CheckPollerRights())
        if let copy = try InstallationMark.refusal(on: connection) { return FunctionError(.misconfigured, copy) }
        guard opensSecrets else { return nil }
        let checks = try SealCheck.run(on: connection, keys: keys)
        if let refusal = SealCheck.refusal(checks, keys) { return refusal }
        for fault in checks.compactMap(\.fault) {
            logger.error("some deliveries cannot be sent from here and wait", metadata: ["reason": "\(fault)"])
        }
        return nil
    }

    /// Nil for errors that may pass by themselves.
    private static func refusal(for error: PostgresError) -> FunctionError? {
        switch error.kind {
        case .unusable(let reason): FunctionError(.misconfigured, "DATABASE_URL: \(reason)")
        case .malformedConnectionString:
            FunctionError(.misconfigured, "DATABASE_URL is not a connection string: \(error.message)")
        case .missingSchema: FunctionError(.misconfigured, Migrations.Tables.older.fault ?? "")
        case .rejected where error.isForbidden: .lacksRights(error)
        case .unreachable, .busy, .rejected, .unreadable: nil
        }
    }
}

extension Migrations.Tables {
    /// The fault of the tables for a program of this version, and its remedy; nil for none.
    var fault: String? {
        switch self {
        case .missing: "the database has no tables; run: postbacks migrate"
        case .older: "the database's tables are of an older version; run: postbacks migrate"
        case .current: nil
        case .newer(let number):
            "the database's tables (migration \(number)) are newer than this program (migration \(Migrations.newest)); run the program whose `postbacks migrate` created them"
        }
    }
}

extension SealCheck {
    /// The fault of this key, and its remedy; nil for none.
    var fault: String? {
        switch verdict {
        case .opens: nil
        case .missing:
            "\(count) secrets are sealed with the key \(key), which POSTBACKS_ENCRYPTION_KEY does not have: put it back"
        case .wrong:
            "\(count) secrets are sealed with the key \(key), and the key of that id in POSTBACKS_ENCRYPTION_KEY opens none of them: it is a different key; put the right one back"
        }
    }

    /// The error if nothing that needs these keys may start; nil if they are right, or if nothing needs any. A missing
    /// key is no reason if another key opens its own secrets: only deliveries that need the missing one wait.
    static func refusal(_ checks: [SealCheck], _ keys: EncryptionKeys?) -> FunctionError? {
        guard keys == nil else {
            let isFit = checks.contains { $0.verdict == .opens } && !checks.contains { $0.verdict == .wrong }
            let faults = checks.compactMap(\.fault)
            return isFit || faults.isEmpty ? nil : FunctionError(.misconfigured, faults.joined(separator: "; "))
        }
        return checks.isEmpty ? nil : .lostKey(checks)
    }
}

extension FunctionError {
    /// There is no key, and no secrets are known to be sealed.
    static let missingKey = FunctionError(
        .misconfigured,
        "POSTBACKS_ENCRYPTION_KEY is not set; it seals the secrets of postbacks. Set the existing key or, if nothing is sealed yet, create one and keep it: openssl rand -base64 32"
    )

    /// There is no key, and a new one would not open the sealed secrets.
    static func lostKey(_ checks: [SealCheck]) -> FunctionError {
        let sealed = checks.map { "\($0.count) with the key \($0.key)" }.joined(separator: ", ")
        return FunctionError(
            .misconfigured,
            "POSTBACKS_ENCRYPTION_KEY is not set, but secrets are sealed (\(sealed)): put it back; a new key opens none of them"
        )
    }

    /// The file of the embedded default's key is missing.
    static func lostKeyFile(_ path: String, sealed count: Int) -> FunctionError {
        FunctionError(
            .misconfigured,
            "\(path) is missing, and it has sealed \(count) secrets: put it back, or set POSTBACKS_ENCRYPTION_KEY")
    }
}
