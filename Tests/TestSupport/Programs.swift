import Glibc
package import JSON
package import System

/// The package's programs as built for the tests.
package enum Programs {
    /// The folder of the test bundle, which also holds the programs. Swift Testing's runner starts from the toolchain,
    /// with the bundle's path among its arguments.
    package static let folder: String = {
        let candidates = CommandLine.arguments + [FileSystem.resolve("/proc/self/exe") ?? ""]
        let bundle = candidates.first { $0.hasSuffix(".xctest") } ?? candidates[candidates.count - 1]
        return FileSystem.resolve(FileSystem.parent(of: bundle)) ?? ".build/debug"
    }()

    package static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The path of postbacks-gateway as `./Tests/run` builds it; nil if it was not built.
    package static let gateway: String? = ["debug", "release"].map {
        "\(Repository.root)/.build-gateway/\($0)/postbacks-gateway"
    }.first(where: Executable.isExecutable)

    /// Runs a program until it ends. Its environment is that of `environment(_:)` below.
    package static func run(
        _ name: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:],
        timeout: Duration = .seconds(120)
    ) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            path(name), arguments, environment: self.environment(environment), input: Array(input.utf8),
            timeout: timeout)
    }

    /// Runs the warm mode with these lines as its whole input.
    package static func stream(
        _ function: String, _ lines: [String], environment: [String: String] = [:]
    ) throws -> [JSON] {
        let input = lines.map { $0 + "\n" }.joined()
        let outcome = try run(function, ["--stream"], input: input, environment: environment)
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "\(function) --stream exits 0, but \(outcome.status) \(outcome.errorText)")
        }
        return try outcome.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map
        {
            try JSON(parsing: Array($0), depth: JSON.depthLimit + 8)
        }
    }

    /// This process's variables without those that select a database or settings, merged with `variables`.
    package static func environment(_ variables: [String: String] = [:]) -> [String: String] {
        ProcessEnvironment.all
            .filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("DATABASE_URL") && !$0.key.hasPrefix("POSTBACKS_") }
            .merging(variables) { $1 }
    }
}
