import Glibc
import POSIX

/// Where the local runtime keeps its own files, so that a function can tell whoever runs it by hand where to look.
package enum RuntimeHome {
    /// `$POSTBACKS_HOME`, or `~/.local/share/postbacks`.
    package static var path: String {
        if let home = ProcessEnvironment["POSTBACKS_HOME"], !home.isEmpty { return home }
        return "\(ProcessEnvironment["HOME"] ?? User.current.home)/.local/share/postbacks"
    }

    /// While `postbacks up` runs: lines for a shell that export what it runs with. It holds the file's lock.
    package static func exports(in home: String) -> String { "\(home)/up.env" }

    /// Whether `postbacks up` runs there. One that was killed may have left the file, but no lock.
    package static func isUp(in home: String) -> Bool {
        guard let file = try? Descriptor.open(exports(in: home), O_RDONLY) else { return false }
        return (try? file.lock()) == false
    }

    /// What to do without a database.
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
