import Configuration
import Domain
import EmbeddedPostgres
import FunctionRuntime
import Gateway
import Input
import Poller
import Secrets
import Store
import System
import Text

/// Where this program finds its database, its functions and its own files: the settings if they are given, else the
/// embedded default.
struct Installation {
    let settings: Settings
    /// The variables of this process, and those that were added to them.
    private let variables: [String: String]
    /// The folder of the embedded server's and the runtime's files.
    let home: String
    /// The folder of the function executables.
    let functions: String

    /// `added` are variables that replace those of this process. `functions` is the folder of the functions; it
    /// replaces the setting.
    init(home: String? = nil, functions: String? = nil, adding added: [String: String] = [:]) throws(FunctionError) {
        var variables = ProcessEnvironment.all
        for (name, value) in added {
            variables[name] = value
            variables["\(name)_FILE"] = nil
        }
        self.variables = variables
        settings = Settings(environment: variables)
        if let home { self.home = home } else { self.home = try settings(.home) }
        if let functions { self.functions = functions } else { self.functions = try settings(.functions) }
    }

    /// Whether the database is the embedded server's.
    var isEmbedded: Bool { !["DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGSERVICE"].contains { settings.has($0) } }

    /// The database that is configured, or else the running embedded server.
    func connectionString() throws(FunctionError) -> String {
        if !isEmbedded { return try settings(.databaseURL) }
        guard let running = EmbeddedServer.connectionString(home: home) else {
            throw FunctionError(
                .unavailable,
                "no embedded server is running in \(home); start it with `postbacks up`, or set DATABASE_URL")
        }
        return running
    }

    /// The path of a function's executable.
    func function(_ name: String) throws(FunctionError) -> String {
        let path = "\(functions)/\(name)"
        guard FunctionNames.all.contains(name), Executable.isExecutable(path) else {
            let there = FileSystem.names(in: functions).filter { FunctionNames.all.contains($0) }
            throw FunctionError(
                .misconfigured,
                "there is no function \(name) in \(functions)\(Spelling.hint(for: name, among: there)); POSTBACKS_FUNCTIONS names the folder"
            )
        }
        return path
    }

    /// The environment of a function: this process's variables, the database, and the embedded default's key.
    /// `connectionString` is nil for a function that needs no database and must not learn of it.
    func environment(connectionString: String?) throws(FunctionError) -> [String: String] {
        var variables = variables
        variables["SWIFT_BACKTRACE"] = "enable=no"
        if let connectionString {
            if !connectionString.isEmpty {
                variables["DATABASE_URL"] = connectionString
                variables["DATABASE_URL_FILE"] = nil
            }
        } else {
            for name in variables.keys where name.hasPrefix("PG") || name.hasPrefix("DATABASE_URL") {
                variables[name] = nil
            }
        }
        if isEmbedded, !settings.has("POSTBACKS_ENCRYPTION_KEY"), FileSystem.kind(of: keyFile) == .file {
            variables["POSTBACKS_ENCRYPTION_KEY_FILE"] = keyFile
        }
        return variables
    }

    /// The environment of a function that is called by hand while `up` runs on the same database. It contains the
    /// settings of that `up`.
    func environmentBesideUp(of function: String, connectionString: String?) throws(FunctionError) -> [String: String] {
        var variables = try environment(of: function, connectionString: connectionString)
        let database = isEmbedded ? nil : try settings(.databaseURL)
        let others = UpFile.settings(in: home, connectionString: database)
        for name in UpFile.sharedNames where !settings.has(name) {
            for variable in [name, "\(name)_FILE"] {
                if let value = others[variable] { variables[variable] = value }
            }
        }
        return variables
    }

    /// The environment of one function: without the key if the function handles no secrets, without the database if it
    /// needs none.
    func environment(of function: String, connectionString: String?) throws(FunctionError) -> [String: String] {
        let needsDatabase = FunctionNames.needsDatabase(function)
        return FunctionNames.environment(
            of: function, from: try environment(connectionString: needsDatabase ? connectionString : nil))
    }

    /// Whether a platform runs deliverPostback for the poller.
    var isRemote: Bool {
        get throws(FunctionError) {
            let functions: [RemoteFunction] = try settings(.invoke)
            return !functions.isEmpty
        }
    }

    /// The program that calls deliverPostback on a platform. It opens no secret, so it gets no key.
    func remoteProgram(isFollowed: Bool = false) throws(FunctionError) -> Poller.DeliveryProgram {
        let path = "\(functions)/postbacks-remote"
        guard Executable.isExecutable(path) else {
            throw FunctionError(
                .misconfigured,
                "there is no postbacks-remote in \(functions), which POSTBACKS_INVOKE needs; POSTBACKS_FUNCTIONS names the folder"
            )
        }
        let secrets = ["POSTBACKS_ENCRYPTION_KEY", "POSTBACKS_ALERT_"]
        return Poller.DeliveryProgram(
            path,
            environment: try environment(connectionString: nil).filter { variable, _ in
                !secrets.contains(where: variable.hasPrefix)
            }, isFollowed: isFollowed)
    }

    /// The path of the embedded default's key.
    var keyFile: String { "\(home)/encryption-key" }

    /// The keys that seal and open the secrets of postbacks; the embedded default has a key of its own. Nil if there is
    /// none.
    func keys() throws(FunctionError) -> EncryptionKeys? {
        try Settings(environment: try environment(connectionString: nil))(.encryptionKey)
    }

    /// Makes the embedded default's key if there is none yet.
    func makeKeyIfMissing() throws(SystemError) {
        guard FileSystem.kind(of: keyFile) == nil else { return }
        try FileSystem.makeFolder(home, mode: 0o711)
        let file = try OutputFile(keyFile, mode: 0o600)
        try file.descriptor.writeAll(Array("1:\(Base64.encode(randomBytes(AESGCM.keyLength)))\n".utf8))
        try file.complete()
    }
}

extension Setting<String> {
    static var home: Setting {
        Setting(
            "POSTBACKS_HOME", whenMissing: "~/.local/share/postbacks",
            "files of the embedded server and the runtime"
        ) { text in text ?? RuntimeHome.path }
    }
}
