import Glibc
package import POSIX

/// The package's programs as they were built for the tests.
package enum Programs {
    /// The folder of the test bundle, which is the programs' too. Swift Testing's own runner is started from a toolchain, with
    /// the bundle's path among its arguments.
    package static let folder: String = {
        let candidates = CommandLine.arguments + [FileSystem.resolve("/proc/self/exe") ?? ""]
        let bundle = candidates.first { $0.hasSuffix(".xctest") } ?? candidates[candidates.count - 1]
        return FileSystem.resolve(FileSystem.parent(of: bundle)) ?? ".build/debug"
    }()

    package static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Runs a program to its end. Its environment is this process's without libpq's variables, and `environment`.
    package static func run(
        _ name: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:],
        seconds: Int = 120
    ) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            path(name), arguments, environment: self.environment(environment), input: Array(input.utf8),
            seconds: seconds)
    }

    /// This process's variables without those that would lead a program to some other database or settings, and `variables`.
    package static func environment(_ variables: [String: String] = [:]) -> [String: String] {
        ProcessEnvironment.all
            .filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("DATABASE_URL") && !$0.key.hasPrefix("POSTBACKS_") }
            .merging(variables) { $1 }
    }
}
