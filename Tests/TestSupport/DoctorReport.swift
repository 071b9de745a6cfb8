import JSON
package import System

/// The output of `postbacks doctor`.
package struct DoctorReport {
    package let status: ChildProcess.ExitStatus
    /// The whole output, lines of JSON, for messages.
    package let text: String
    private let findings: [JSON]

    package init(_ installation: Installation, _ environment: [String: String] = [:]) throws {
        let outcome = try DoctorReport.run(installation, ["--json"], environment)
        let answer = try JSON(parsing: outcome.output)
        text = outcome.text
        status = outcome.status
        findings = answer["findings"]?.items ?? []
        guard (answer["ok"] == true) == (status == .exited(0)) else {
            throw DidNotHappen(description: "ok says what the exit status says: \(answer.encodedText) \(status)")
        }
    }

    /// Runs the command itself, with the installation's environment.
    package static func run(
        _ installation: Installation, _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) throws -> ChildProcess.Outcome {
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
            .merging(environment) { $1 }
        return try Programs.run("postbacks", ["doctor"] + arguments, environment: variables)
    }

    /// The states of the findings about a subject: `good`, `notable`, `wrong` or `unseen`.
    package func states(_ subject: String) -> [String] {
        findings.filter { $0["subject"]?.text == subject }.compactMap { $0["state"]?.text }
    }

    package func message(_ subject: String) -> String {
        findings.filter { $0["subject"]?.text == subject }.compactMap { $0["message"]?.text }.joined(separator: "\n")
    }

    package func remedy(_ subject: String) -> String? {
        findings.first { $0["subject"]?.text == subject }?["run"]?.text
    }

    /// The subjects of the findings that are wrong.
    package var wrong: [String] { findings.filter { $0["state"] == "wrong" }.compactMap { $0["subject"]?.text } }
}

extension String {
    /// The text with each run of white space, line breaks included, replaced by one space.
    package var inOneLine: String { split { $0.isWhitespace }.joined(separator: " ") }
}
