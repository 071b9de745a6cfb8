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

    /// What to do without a database.
    package static var hint: String {
        let exports = RuntimeHome.exports(in: path)
        if FileSystem.kind(of: exports) == .file {
            return "`postbacks up` runs here; use `postbacks invoke`, or run: . \(ShellText.quoted(exports))"
        }
        return
            "export it (DATABASE_URL=postgresql://user@host/database), or start `postbacks up` and use `postbacks invoke`"
    }
}
