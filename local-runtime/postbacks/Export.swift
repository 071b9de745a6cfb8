import ArgumentParser
import Bulk
import Domain
import FunctionRuntime
import Glibc
import JSON
import System

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write conversions, deliveries or postbacks to CSV or JSON lines.",
        usage: "postbacks export KIND [--since TIME] [--output FILE] [OPTIONS]",
        discussion: """
            The rows begin with the oldest, as in listConversions, listDeliveries and \
            listPostbacks. For a complete list, give an --until in the past. \
            Times are in RFC 3339. In CSV, amounts keep their exact text, and cells are written \
            unchanged: a spreadsheet may read a cell that begins with = + - or @ as a formula; \
            --excel-safe puts an apostrophe before such cells. `postbacks import` reads the file \
            again; it does not contain the secrets of postbacks.

              postbacks export conversions --since 2026-06-01 --until 2026-07-01
              postbacks export deliveries --state dead --format jsonl --output dead.jsonl
              postbacks export conversions --columns id,affiliateId,transactionId,payout,params.sub1
              postbacks export postbacks --affiliate ada --output ada.csv
            """)

    @Argument(help: "What to write.")
    var kind: ExportKind

    @Option(
        help:
            "Recorded (conversions) or owed (deliveries) at this time or later; a date alone means its beginning in UTC."
    )
    var since: String?

    @Option(help: "Recorded or owed before this time.")
    var until: String?

    @Option(help: "Only those of this affiliate.")
    var affiliate: String?

    @Option(help: "Only those of this offer.")
    var offer: String?

    @Option(help: "Only conversions in this status, or postbacks that fire on it.")
    var status: String?

    @Option(help: "Only deliveries in this state, e.g. dead.")
    var state: String?

    @Option(help: "Only deliveries of this postback, or only this postback.")
    var postback: Int?

    @Option(help: "Only deliveries or postbacks to this destination, such as tracker.example.")
    var destination: String?

    @Option(help: "Only deliveries whose last answer had this status, such as 503 or 5xx.")
    var httpStatus: String?

    @Option(help: "Only deliveries whose last attempt ended with this error, such as timeout.")
    var error: String?

    @Option(help: "csv or jsonl. (default: by the output's name; csv for standard output)")
    var format: BulkFormat?

    @Option(help: "The columns of the CSV, separated by commas; params.NAME is possible.")
    var columns: String?

    @Flag(
        help: "Put an apostrophe before cells that begin like a formula, so that a spreadsheet does not compute them.")
    var excelSafe = false

    @Option(
        help: "The file to write; an existing file is replaced when everything is written. (default: standard output)")
    var output: String?

    @Option(help: "The seconds to wait for a database that is not available.")
    var patience = 60.0

    func validate() throws {
        guard (0...86400).contains(patience) else { throw ValidationError("--patience is from 0 to 86400 seconds.") }
    }

    func run() throws {
        try reportingFailure {
            let installation = try Installation()
            let environment = try installation.environment(connectionString: try installation.connectionString())
            let exporter = try Exporter(
                kind, format ?? output.map(BulkFormat.init) ?? .csv,
                columns: columns?.split(separator: ",", omittingEmptySubsequences: false).map(String.init),
                isExcelSafe: excelSafe, patience: .seconds(patience), Settings(environment: environment))
            let path = output == "-" ? nil : output
            // Opening a FIFO waits for its reader; until the signals are taken over, Ctrl-C ends that.
            let file = try path.map(OutputFile.open)
            let signals = try SignalDescriptor.ofEnd()
            let showsProgress = Terminal.isErrorOutput && (file != nil || !Terminal.isOutput)
            let count: Int
            do {
                let output = file?.descriptor ?? .standardOutput
                count = try exporter.run(filter, to: output, unless: signals.descriptor) { count in
                    if showsProgress { Terminal.drawOver("\(count) rows") }
                    if let signal = try signals.readPending().first { throw ExitCode(128 + signal) }
                }
                try file?.complete()
            } catch let error as SystemError where error.code != EPIPE {
                throw FileFailure(
                    .cannotWrite, "\(path ?? "standard output") cannot be written: \(error.reason)")
            }
            if showsProgress { Terminal.drawOver("") }
            if file != nil { Terminal.printError("\(count) rows") }
        }
    }

    /// The filter, as the input of the list function, which validates it.
    private var filter: [JSON.Member] {
        let texts = [
            ("since", since.map(Export.time)), ("until", until.map(Export.time)), ("affiliateId", affiliate),
            ("offerId", offer), (kind == .postbacks ? "conversionStatus" : "status", status), ("state", state),
            ("destination", destination), ("httpStatus", httpStatus), ("errorCode", error),
        ]
        return texts.compactMap { name, text in text.map { JSON.Member(name, .string($0)) } }
            + (postback.map { [JSON.Member("postbackId", .integer($0))] } ?? [])
    }
}

extension Export {
    /// A time as a function reads it. Text that cannot be read stays as it is, for the function to refuse.
    static func time(_ text: String) -> String {
        if Timestamp(parsing: text) == nil, case .clear(let time, _) = LooseTime(text) {
            time.description
        } else {
            text
        }
    }
}

extension ExportKind: ExpressibleByArgument {}
