import POSIX

/// Python's interpreter and libraries, where a test asks somebody else's opinion.
package enum Python {
    /// The first interpreter that has the module; Debian's own may have packages that another one in PATH lacks.
    package static func interpreter(with module: String = "json") throws -> String {
        for path in [Executable.find("python3"), "/usr/bin/python3"].compactMap(\.self)
        where Executable.isExecutable(path) {
            let outcome = try ChildProcess.run(path, ["-c", "import \(module)"], seconds: 60)
            if outcome.status == .exited(0) { return path }
        }
        throw DidNotHappen(description: "a python3 that has the module \(module); ./Tests/run installs it")
    }
}
