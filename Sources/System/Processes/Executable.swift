import Glibc

/// Finds programs as a shell does.
package enum Executable {
    /// The first executable with that name in the folders of `searchPath`; the name itself if it contains a slash and
    /// is executable. `searchPath` contains folders separated by colons; nil means `$PATH`.
    package static func find(_ name: String, searchPath: String? = nil) -> String? {
        if name.contains("/") { return isExecutable(name) ? name : nil }
        let folders = searchPath ?? ProcessEnvironment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return folders.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    /// Whether the path is a file that this process may execute.
    package static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0 && FileSystem.kind(of: path) == .file
    }
}
