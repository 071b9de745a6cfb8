import ArgumentParser
import FunctionRuntime
import JSON
import Postgres

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report what is missing or wrong, and how to repair it. Exit status 1 if something is.",
        discussion: """
            It checks this machine (settings, keys, functions, what deliverPostback needs) \
            and the database (tables, writing, pollers, due deliveries, paused postbacks, \
            secrets and their keys, alerts). Run it with the settings of the program to check: \
            those of a poller for a poller. It changes nothing.

              ✓  as it should be
              !  worth knowing; no repair is needed
              ✗  wrong; the exit status is 1
              -  the database's login has no right to see it
            On a terminal without these signs: ok, !, !! and -.
            """)

    @Flag(help: "Print one JSON object: {\"ok\":…,\"findings\":[{subject,state,message,run?}]}.")
    var json = false

    func run() throws {
        let findings = Doctor.findings()
        let isWrong = findings.contains { $0.state == .wrong }
        if json {
            let answer: JSON = ["ok": .bool(!isWrong), "findings": .array(findings.map(\.json))]
            Terminal.print(answer.encodedText)
        } else {
            // In a pipe or a file the text is not changed.
            let inASCII = Terminal.isOutput && !TerminalStyle.ofOutput().isUnicode
            Terminal.print(findings.map { $0.text(inASCII: inASCII) }.joined(separator: "\n"))
        }
        if isWrong { throw ExitCode(1) }
    }

    private static func findings() -> [Finding] {
        let installation: Installation
        do throws(FunctionError) {
            installation = try Installation()
        } catch {
            return [.wrong("settings", error.message)]
        }
        let database = DatabaseCheckup(installation)
        return SettingsCheck.findings(installation) + ProgramCheck.findings(installation) + database.findings()
    }
}
