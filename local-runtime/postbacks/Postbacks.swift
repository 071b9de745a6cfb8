import ArgumentParser
import Domain
import Gateway
import Glibc
import Input
import System

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
            Up.self, Poll.self, Serve.self, Keys.self, Migrate.self, Rekey.self, Invoke.self, Generate.self,
            TestSend.self,
            ShowPostbacks.self, ShowConversions.self, ShowDeliveries.self, ShowStatistics.self, Tail.self, Import.self,
            Export.self, ShowPresets.self, Receive.self, Doctor.self, Adopt.self, Prune.self, Demo.self,
            LambdaBootstrap.self, PackageCommand.self,
        ])

    static func main() {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        do {
            var command = try parse(Array(ProcessArguments.all.dropFirst()))
            try command.run()
            try reportingFailure { try Terminal.checkOutput() }
        } catch {
            end(error)
        }
        Glibc.exit(EXIT_SUCCESS)
    }

    /// - Throws: the error of the argument parser; for a word that is no command, an error that names the command that
    ///   is meant.
    private static func parse(_ words: [String]) throws -> any ParsableCommand {
        if let word = words.first, !word.hasPrefix("-"), !commandNames.contains(word) {
            throw ValidationError(advice(for: word))
        }
        return try parseAsRoot(words)
    }

    static var commandNames: [String] {
        configuration.subcommands.map { $0._commandName } + ["help"]
    }

    private static func advice(for word: String) -> String {
        let nearest = Spelling.nearest(to: word, among: commandNames + FunctionNames.all)
        guard let nearest, FunctionNames.all.contains(nearest) else {
            return "there is no command \(Terminal.safe(word))\(Spelling.hint(for: word, among: commandNames))"
        }
        let isMeant = nearest == word ? "\(word) is a function" : "there is no command \(Terminal.safe(word))"
        let list = commandNames.first { "list\($0)" == nearest.lowercased() }
        let table = list.map { "; for a table: postbacks \($0)" } ?? ""
        return "\(isMeant); to call it: postbacks invoke \(nearest) FILE\(table)"
    }

    /// Prints the message of the argument parser, its help on standard output, and exits with its status, or with that
    /// of a failure to write the output.
    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code.isSuccess {
            Terminal.print(text)
        } else if !text.isEmpty {
            Terminal.printError(text)
        }
        do {
            try reportingFailure { try Terminal.checkOutput() }
        } catch {
            Glibc.exit(exitCode(for: error).rawValue)
        }
        Glibc.exit(code.rawValue)
    }
}
