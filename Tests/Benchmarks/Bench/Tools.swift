import System
import TestSupport

/// Programs that come with PostgreSQL.
enum Tools {
    /// The program of the server's own version. Debian's `psql` in PATH is a script around it, which would be measured too.
    static func find(_ name: String) throws -> String {
        let versions = FileSystem.names(in: "/usr/lib/postgresql").compactMap { Int($0) }.sorted(by: >)
        let folders = versions.map { "/usr/lib/postgresql/\($0)/bin" }
        guard let program = Executable.find(name, searchPath: folders.joined(separator: ":")) ?? Executable.find(name)
        else { throw DidNotHappen(description: "\(name) is not there; it comes with PostgreSQL") }
        return program
    }

    /// Runs a program that must succeed, and returns its output.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], timeout: Duration = .seconds(120)) throws -> String {
        let outcome = try ChildProcess.run(
            program, arguments, environment: Programs.environment(), timeout: timeout)
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "\(program) \(arguments.first ?? ""): \(outcome.text)\(outcome.errorText)")
        }
        return outcome.text
    }
}
