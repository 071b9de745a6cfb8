import ArgumentParser
import FunctionRuntime
import Glibc
import JSON
import Poller
import Postgres
import Store
import System

struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drop finished conversions that are older than some days, and export them before.",
        usage: "postbacks prune --days DAYS [--export FILE] [--dry-run]",
        discussion: """
            Pollers do the same every hour if POSTBACKS_HISTORY_DAYS is set. Use this command \
            to keep a copy of the dropped records. A conversion is dropped with its \
            events and deliveries when nothing of it is owed and nothing of it has happened \
            for so many days. It is then unknown: recordConversion records it anew if it \
            comes again. Statistics stay; attempts have their own POSTBACKS_ATTEMPT_DAYS.

            With --export each conversion is one line of JSON, with its events and \
            deliveries, which is on the disk before the conversion is dropped. If the command \
            is interrupted, the last lines may be of conversions that are still there.

              postbacks prune --days 730 --dry-run
              postbacks prune --days 730 --export "history-$(date +%F).jsonl"
            """)

    @Option(help: "The days for which history is kept. (default: POSTBACKS_HISTORY_DAYS)")
    var days: Int?

    @Option(help: "A new file to which records are written before they are dropped, as JSON lines.")
    var export: String?

    @Flag(help: "Only count what would be dropped.")
    var dryRun = false

    func validate() throws {
        if let days, !(1...36500).contains(days) { throw ValidationError("--days is from 1 to 36500.") }
        if dryRun, export != nil { throw ValidationError("--dry-run drops nothing, so there is nothing to export.") }
    }

    /// The conversions of one batch.
    private static let batchSize = 500

    func run() throws {
        try reportingFailure {
            let installation = try Installation()
            guard let days = try days ?? installation.settings(.historyDays) else {
                throw ValidationError("--days is missing, and POSTBACKS_HISTORY_DAYS is not set.")
            }
            let connection = try Connection(installation.connectionString(), applicationName: "postbacks prune")
            let signals = try SignalDescriptor.ofEnd()
            let file = try export.map(Prune.create)
            var conversions = 0
            var deliveries = 0
            var place: Int? = 0
            while let after = place {
                let batch = DropHistory(
                    keepDays: days, after: after, limit: Prune.batchSize, withRecords: export != nil)
                if let answer = try drop(batch, on: connection, into: file) {
                    conversions += answer.conversions
                    deliveries += answer.deliveries
                    place = answer.last
                } else {
                    // A poller is dropping history at this moment.
                    _ = try wait(for: [.read(signals.descriptor)], atMost: .milliseconds(200))
                }
                if let signal = try signals.readPending().first { throw ExitCode(128 + signal) }
            }
            let verb = dryRun ? "would be dropped" : "dropped"
            Terminal.printError("\(conversions) conversions with \(deliveries) deliveries \(verb)")
        }
    }

    /// Drops one batch. The dropped records are in the file, and the file is on the disk, before the transaction
    /// commits.
    private func drop(
        _ batch: DropHistory, on connection: Connection, into file: Descriptor?
    ) throws -> DropHistory.Dropped? {
        try connection.execute(script: "BEGIN ISOLATION LEVEL READ COMMITTED")
        let answer = try connection.run(batch)
        if let file, let records = answer?.records, !records.isEmpty {
            do throws(SystemError) {
                try file.writeAll(records.flatMap { $0.bytes + [UInt8(ascii: "\n")] })
                try file.sync()
            } catch {
                throw FileFailure(.cannotWrite, "\(export ?? "") cannot be written: \(error.reason)")
            }
        }
        try connection.execute(script: dryRun ? "ROLLBACK" : "COMMIT")
        return answer
    }

    /// The file holds personal data, so only its owner may read it.
    private static func create(_ path: String) throws(FileFailure) -> Descriptor {
        do throws(SystemError) {
            let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            // The name of a new file is on the disk only after its folder was synced too.
            try Descriptor.open(FileSystem.parent(of: path), O_RDONLY | O_DIRECTORY).sync()
            return file
        } catch {
            throw FileFailure(.cannotCreate, "\(path) cannot be made: \(error.reason); name a file that does not exist")
        }
    }
}
