import FunctionRuntime
import Glibc
import Secrets
import System
import Text

/// The file with which a running `postbacks up` shares its database and settings with programs of the same user: shell
/// lines that export them. `up` holds a lock on the file while it runs, so that a file left by a killed one is not
/// believed.
final class UpFile {
    let path: String
    private let file: Descriptor

    /// The settings that others need to act as `up` does. They are no secrets: the file of a secret is named, its value
    /// is not.
    static let sharedNames = [
        "POSTBACKS_ALLOW_CIDRS", "POSTBACKS_CA_FILE", "POSTBACKS_PROXY", "POSTBACKS_TIMEOUT",
        "POSTBACKS_CONNECT_TIMEOUT",
    ]

    /// The folder `functions` is added to PATH. `exports` contains the names and values of variables.
    init(
        in home: String, connectionString: String, path functions: String, _ exports: [(name: String, value: String)]
    ) throws(SystemError) {
        path = RuntimeHome.exports(in: home)
        let draft = "\(path).new"
        try FileSystem.makeFolder(home, mode: 0o711)
        try FileSystem.remove(draft)
        file = try Descriptor.open(draft, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        // No other process knows the draft; whoever opens the file by its name finds it locked.
        _ = try file.lock()
        let lines =
            ["# The settings of `postbacks up`, while it runs. In a shell: . \(ShellText.quoted(path))"]
            + ["# database \(UpFile.digest(connectionString))"]
            + exports.map { "export \($0.name)=\(ShellText.quoted($0.value))" }
            + ["export PATH=\(ShellText.quoted(functions)):\"$PATH\""]
        try file.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8))
        try FileSystem.rename(draft, to: path)
    }

    deinit { try? FileSystem.remove(path) }

    /// The variables of this process that others need too.
    static func shared(_ variables: [String: String]) -> [(name: String, value: String)] {
        sharedNames.flatMap { name in
            var exports: [(name: String, value: String)] = []
            // A proxy URL with a password is not shared.
            if let value = variables[name], !value.isEmpty, !value.contains("@") { exports.append((name, value)) }
            if let file = variables["\(name)_FILE"], !file.isEmpty {
                exports.append(("\(name)_FILE", FileSystem.resolve(file) ?? file))
            }
            return exports
        }
    }

    /// The settings of the `up` that runs in this home folder on the same database; empty if none runs.
    /// `connectionString` is nil for the embedded server.
    static func settings(in home: String, connectionString: String?) -> [String: String] {
        let path = RuntimeHome.exports(in: home)
        guard RuntimeHome.isUp(in: home), let bytes = try? FileSystem.read(path, limit: 1 << 20) else { return [:] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        if let connectionString, !lines.contains("# database \(digest(connectionString))") { return [:] }
        var settings: [String: String] = [:]
        for line in lines where line.hasPrefix("export ") {
            let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = ShellText.unquoted(String(parts[1])) else { continue }
            settings[String(parts[0])] = value
        }
        return settings
    }

    private static func digest(_ text: String) -> String { Base64.encode(sha256(Array(text.utf8))) }
}
