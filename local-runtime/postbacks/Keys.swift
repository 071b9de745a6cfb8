import ArgumentParser
import Domain
import FunctionRuntime
import Gateway
import Input
import JSON
import Store
import System

struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create, list and revoke the keys with which functions are called over HTTP.",
        discussion: """
            As soon as one key exists, the gateway (`postbacks serve`) requires one with
            every call: Authorization: Bearer pbk_ID_SECRET. The scopes:

              record  recordConversion and updateConversionStatus
              read    the functions that only read, /metrics and /openapi.json
              manage  everything

            --affiliate and --offer limit a key to the records of one affiliate, of one
            offer, or of both. Everything else is answered as if it did not exist. The
            network's own postbacks, for every affiliate, are not an affiliate's.
            Functions that concern more than the limits, such as showHealth, are refused.

            A new or revoked key counts within a second.
            """,
        subcommands: [CreateKeyCommand.self, ListKeysCommand.self, RevokeKeyCommand.self])

    /// The configured database, with the rights of its login.
    fileprivate static func database() throws -> Database {
        let installation = try Installation()
        let variables = try installation.environment(connectionString: try installation.connectionString())
        return try Database(Settings(environment: variables), applicationName: "postbacks keys")
    }
}

struct CreateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a key and print it. It cannot be shown again.")

    @Option(help: "The purpose of the key, such as the name of the program that uses it.")
    var name: String

    @Option(help: "The calls that it allows: record, read or manage.")
    var scope: String

    @Option(help: "How long it is valid: a number and d, h or m, such as 90d. Without it: until it is revoked.")
    var expires: String?

    @Option(help: "The id of an affiliate, to whose records the key is limited.")
    var affiliate: String?

    @Option(help: "The id of an offer, to whose records the key is limited.")
    var offer: String?

    func validate() throws {
        _ = try limits()
        guard !name.isEmpty, name.count <= 128, !name.unicodeScalars.contains(where: \.isControl) else {
            throw ValidationError("--name must have 1 to 128 characters, and no control characters")
        }
        guard Scope(rawValue: scope) != nil else {
            throw ValidationError("--scope must be record, read or manage, not \"\(Terminal.safe(scope))\"")
        }
        if let expires, CreateKeyCommand.seconds(expires) == nil {
            throw ValidationError("--expires must be a number of 1 or more and d, h or m, such as 90d")
        }
    }

    /// The seconds that a text such as `90d` means, at most ten years.
    static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count > 0,
            count <= 10 * 366 * 86_400 / unit
        else { return nil }
        return count * unit
    }

    /// The limits, whose ids are read by the same rules as in the functions.
    private func limits() throws -> KeyLimits {
        func id(_ text: String?, _ option: String) throws -> String? {
            guard let text else { return nil }
            var faults: [Fault] = []
            guard let id = Rule<String>.chosenID.read(.string(text), .root, &faults) else {
                throw ValidationError("\(option) \(faults.first?.message ?? "must be an id")")
            }
            return id
        }
        return KeyLimits(affiliateID: try id(affiliate, "--affiliate"), offerID: try id(offer, "--offer"))
    }

    func run() throws {
        try reportingFailure {
            guard let scope = Scope(rawValue: scope) else { return }
            let limits = try limits()
            let database = try Keys.database()
            try limits.requireKnown(in: database)
            let secret = APIKey.secret()
            let created = try database.run(
                CreateKey(
                    name: name, scope: scope, digest: APIKey.digest(of: secret),
                    seconds: expires.flatMap(CreateKeyCommand.seconds), limits: limits))
            let end = created.expiresAt.map { "valid until \($0)" } ?? "valid until it is revoked"
            let limit = limits.isNone ? "" : " limited to \(Terminal.safe(limits.words)),"
            Terminal.printError("key \(created.id), \(scope.rawValue),\(limit) \(end); it cannot be shown again:")
            Terminal.print(APIKey(id: created.id, secret: secret).text)
        }
    }
}

struct ListKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys, without their secrets.")

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try reportingFailure {
            let keys = try Keys.database().run(ListKeys())
            if json { return Terminal.print((["keys": .array(keys.map(\.json))] as JSON).encodedText) }
            if keys.isEmpty {
                return Terminal.print("no key exists; create one: postbacks keys create --name NAME --scope manage")
            }
            let head = ["ID", "NAME", "SCOPE", "AFFILIATE", "OFFER", "STATE", "CREATED", "EXPIRES", "LAST USED"]
            let rows = keys.map { key in
                [
                    "\(key.id)", Terminal.safe(key.name), key.scope.rawValue,
                    Terminal.safe(key.limits.affiliateID ?? "every"), Terminal.safe(key.limits.offerID ?? "every"),
                    key.state, key.createdAt, key.expiresAt ?? "never", key.usedAt ?? "never",
                ]
            }
            Terminal.print(Terminal.table([head] + rows))
        }
    }
}

struct RevokeKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a key. It stops counting within a second, and sign-ins with it end.")

    @Argument(help: "The key's id, as `postbacks keys list` shows it.")
    var id: Int

    func run() throws {
        try reportingFailure {
            guard let revoked = try Keys.database().run(RevokeKey(id: id)) else {
                throw FunctionError(.notFound, "there is no key \(id); `postbacks keys list` shows them")
            }
            let name = Terminal.safe(revoked.name)
            Terminal.printError("key \(id) (\(name)) \(revoked.isNew ? "is revoked" : "was revoked before")")
        }
    }
}

extension ListKeys.Key {
    fileprivate var json: JSON {
        [
            "id": .integer(id), "name": .string(name), "scope": .string(scope.rawValue),
            "affiliateId": .optional(limits.affiliateID), "offerId": .optional(limits.offerID), "state": .string(state),
            "createdAt": .string(createdAt), "expiresAt": .optional(expiresAt), "revokedAt": .optional(revokedAt),
            "usedAt": .optional(usedAt),
        ]
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
