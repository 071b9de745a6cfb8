import POSIX

/// Python's interpreter and libraries, where a test asks somebody else's opinion.
package enum Python {
    /// Where `Tests/run` puts the libraries that no package of the system has.
    private static let libraries = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../../.build/python")

    /// This process's variables, and where those libraries are.
    package static var environment: [String: String] {
        var variables = ProcessEnvironment.all
        if let libraries {
            variables["PYTHONPATH"] = variables["PYTHONPATH"].map { "\(libraries):\($0)" } ?? libraries
        }
        // What is imported is not compiled into the folder of whoever owns it.
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        return variables
    }

    /// The first interpreter that has the module; Debian's own may have packages that another one in PATH lacks.
    package static func interpreter(with module: String = "json") throws -> String {
        for path in [Executable.find("python3"), "/usr/bin/python3"].compactMap(\.self)
        where Executable.isExecutable(path) {
            let outcome = try ChildProcess.run(
                path, ["-c", "import \(module)"], environment: environment, seconds: 60)
            if outcome.status == .exited(0) { return path }
        }
        throw DidNotHappen(description: "a python3 that has the module \(module); ./Tests/run installs it")
    }
}
