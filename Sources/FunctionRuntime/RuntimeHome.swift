import Glibc
import System

/// The folder in which the local runtime keeps its files. Functions use it to tell people who run them by hand how to
/// reach the database.
package enum RuntimeHome {
    /// `$POSTBACKS_HOME`, or `~/.local/share/postbacks`.
    package static var path: String {
        if let home = ProcessEnvironment["POSTBACKS_HOME"], !home.isEmpty { return home }
        return "\(ProcessEnvironment["HOME"] ?? User.current.home)/.local/share/postbacks"
    }

    /// A file that exists while `postbacks up` runs and is locked by it: shell commands that export the runtime's
    /// settings.
    package static func exports(in home: String) -> String { "\(home)/up.env" }

    /// Whether `postbacks up` runs there. A killed process may leave the file behind, but not the lock.
    package static func isUp(in home: String) -> Bool {
        guard let file = try? Descriptor.open(exports(in: home), O_RDONLY) else { return false }
        return (try? file.lock()) == false
    }

    /// Advice for a call without a database.
    package static var hint: String {
        let home = path
        if isUp(in: home) {
            let exports = ShellText.quoted(exports(in: home))
            return "`postbacks up` runs here; use `postbacks invoke`, or run: . \(exports)"
        }
        return
            "export it (DATABASE_URL=postgresql://user@host/database), or start `postbacks up` and use `postbacks invoke`"
    }
}
