import ArgumentParser
import Bulk
import FunctionRuntime
import Glibc
import JSON
import POSIX

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write conversions or deliveries to CSV or JSON lines, for reconciliation.",
        discussion: """
            The rows come from the oldest on, as listConversions and listDeliveries show
            them. For a list that is complete give an --until that has passed. Times are RFC 3339.
            In CSV an amount is its exact text, and cells are written exactly as they are: a
            spreadsheet may take one that begins with = + - or @ for a formula; --excel-safe puts
            an apostrophe in front of such.

              postbacks export conversions --since 2026-06-01T00:00:00Z --until 2026-07-01T00:00:00Z
              postbacks export deliveries --state dead --format jsonl --output dead.jsonl
              postbacks export conversions --columns offerId,affiliateId,transactionId,payout,params.sub1
            """)

    @Argument(help: "conversions or deliveries.")
    var kind: ExportKind

    @Option(help: "Recorded (conversions) or owed (deliveries) at this time or later.")
    var since: String?

    @Option(help: "Recorded or owed before this time.")
    var until: String?

    @Option(help: "Only those of this affiliate.")
    var affiliate: String?

    @Option(help: "Only those of this offer.")
    var offer: String?

    @Option(help: "Only conversions in this status.")
    var status: String?

    @Option(help: "Only deliveries in this state, e.g. dead.")
    var state: String?

    @Option(help: "Only deliveries of this postback.")
    var postback: Int?

    @Option(help: "csv or jsonl. (default: by the output's name; csv for the standard output)")
    var format: BulkFormat?

    @Option(help: "The columns of the CSV, between commas, params.NAME included.")
    var columns: String?

    @Flag(help: "Keep a spreadsheet from computing cells: an apostrophe before those that begin like a formula.")
    var excelSafe = false

    @Option(help: "The file to write; it appears when it is complete. (default: the standard output)")
    var output: String?

    @Option(help: "For how many seconds a database that is away is waited for.")
    var patience = 60.0

    func validate() throws {
        guard (0...86400).contains(patience) else { throw ValidationError("--patience is from 0 to 86400 seconds.") }
    }

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor.ofEnd()
            let installation = try Installation()
            let environment = try installation.environment(connectionString: try installation.connectionString())
            let exporter = try Exporter(
                kind, format ?? output.map(BulkFormat.init) ?? .csv,
                columns: columns?.split(separator: ",", omittingEmptySubsequences: false).map(String.init),
                isExcelSafe: excelSafe, patience: patience, Settings(environment: environment))
            let draft = output.map { "\($0).part" }
            defer { if let draft { try? FileSystem.remove(draft) } }
            let target = try draft.map { try Descriptor.open($0, O_WRONLY | O_CREAT | O_TRUNC) } ?? .standardOutput
            let showsProgress = Terminal.isErrorOutput && (output != nil || !Terminal.isOutput)
            let count: Int
            do {
                count = try exporter.run(filter, to: target) { count in
                    if showsProgress { Terminal.drawOver("\(count) rows") }
                    if let signal = try signals.take().first { throw ExitCode(128 + signal) }
                }
            } catch let error as SystemError where error.code == EPIPE {
                // Whoever reads, `head` perhaps, has enough.
                throw ExitCode(128 + SIGPIPE)
            }
            if let draft, let output { try FileSystem.rename(draft, to: output) }
            if showsProgress { Terminal.drawOver("") }
            if output != nil { Terminal.printError("\(count) rows") }
        }
    }

    /// What is asked for, as the list function takes it; it says what is wrong with it.
    private var filter: [JSON.Member] {
        let texts = [
            ("since", since), ("until", until), ("affiliateId", affiliate), ("offerId", offer), ("status", status),
            ("state", state),
        ]
        return texts.compactMap { name, text in text.map { JSON.Member(name, .string($0)) } }
            + (postback.map { [JSON.Member("postbackId", .integer($0))] } ?? [])
    }
}

extension ExportKind: ExpressibleByArgument {}
