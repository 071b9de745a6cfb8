import ArgumentParser
import FunctionRuntime
import JSON
import Postgres

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is missing or wrong, and how to mend it. Exit status 1 if anything is.",
        discussion: """
            It looks at this machine (settings, keys, functions, what deliverPostback needs) \
            and at the database (tables, writing, pollers, what is due, paused postbacks, \
            secrets and their keys, alerts). Run it with the settings of what it is to judge: a \
            poller's for a poller. It changes nothing.

              ✓  as it should be
              !  worth knowing; nothing has to be mended
              ✗  wrong; the exit status is 1
              -  the database's login may not see it
            On a terminal without these signs they are ok, !, !! and -.
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
