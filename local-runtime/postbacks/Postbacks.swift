import ArgumentParser
import POSIX
import Postbacks

@main
struct PostbacksProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postbacks",
        abstract: "Tells third parties about affiliate conversions, server to server, and does not lose one.",
        discussion: """
            Without DATABASE_URL it runs its own PostgreSQL in POSTBACKS_HOME; with it,
            it uses that database and starts nothing. The functions are executables
            beside this program; `invoke` runs one as a platform would.

            \(SettingsTable.text)
            """,
        version: Version.current,
        subcommands: [
            Up.self, Poll.self, Migrate.self, Rekey.self, Invoke.self, TestSend.self, Import.self, Export.self,
            ShowPresets.self,
            Receive.self,
            Doctor.self, Adopt.self, Demo.self,
        ])

    static func main() {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        main(Array(ProcessArguments.all.dropFirst()))
    }
}
