import System

/// Python's interpreter and libraries, for tests that use an independent implementation.
package enum Python {
    /// The folder in which `Tests/run` installs libraries that the system has no package for.
    private static let libraries = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../../.build/python")

    /// This process's variables with the path of those libraries.
    package static var environment: [String: String] {
        var variables = ProcessEnvironment.all
        if let libraries {
            variables["PYTHONPATH"] = variables["PYTHONPATH"].map { "\(libraries):\($0)" } ?? libraries
        }
        // Python does not write compiled files into folders that other users own.
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        return variables
    }

    /// The first interpreter that can import the module. Debian's own may have packages that another one in PATH lacks.
    package static func interpreter(with module: String = "json") throws -> String {
        for path in [Executable.find("python3"), "/usr/bin/python3"].compactMap(\.self)
        where Executable.isExecutable(path) {
            let outcome = try ChildProcess.run(
                path, ["-c", "import \(module)"], environment: environment, timeout: .seconds(60))
            if outcome.status == .exited(0) { return path }
        }
        throw DidNotHappen(description: "a python3 that has the module \(module); ./Tests/run installs it")
    }
}
