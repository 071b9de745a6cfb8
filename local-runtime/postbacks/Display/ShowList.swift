import ArgumentParser
import Bulk
import FunctionRuntime
import JSON

/// The options of the commands that show a list.
struct ListOptions: ParsableArguments {
    @Option(help: "Only those of this offer.")
    var offer: String?

    @Option(help: "Only those of this affiliate.")
    var affiliate: String?

    @Option(help: "The maximum number of rows, up to 1000.")
    var limit = 100

    @Flag(help: "The newest first.")
    var newest = false

    @Option(help: "Continue a list that was cut, with the value that was printed at its end.")
    var after: String?

    @Flag(help: "Print the function's answer even on a terminal.")
    var json = false

    /// Prints a page: a table on a terminal, the function's answer otherwise. `filter` contains fields of the input of
    /// the list function; nil values are left out.
    func show(_ kind: ExportKind, _ filter: [(String, JSON?)]) throws {
        try reportingFailure {
            let all: [(String, JSON?)] =
                [
                    ("offerId", offer.map(JSON.string)), ("affiliateId", affiliate.map(JSON.string)),
                    ("limit", .integer(limit)),
                    ("order", newest ? .string("newest") : nil), ("after", after.map(JSON.string)),
                ] + filter
            let installation = try Installation()
            let environment = try installation.environment(connectionString: try installation.connectionString())
            let page = try ListReader(kind, Settings(environment: environment)).page(
                all.compactMap { name, value in value.map { JSON.Member(name, $0) } })
            guard Terminal.isOutput, !json else { return Terminal.print(page.answer.encodedText) }
            let style = TerminalStyle.ofOutput()
            Terminal.print(
                page.rows.isEmpty ? "no \(kind.rawValue)" : kind.table(page.rows).text(style))
            if let next = page.next { Terminal.print("\nthere are more: --after \(next)") }
        }
    }
}

struct ShowPostbacks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postbacks", abstract: "Show postbacks: a table on a terminal, JSON in a pipe.",
        usage: "postbacks postbacks [OPTIONS]",
        discussion: "Times are in UTC. `postbacks invoke listPostbacks` answers the same as JSON.")

    @OptionGroup var list: ListOptions

    @Option(help: "Only those of this goal.")
    var goal: String?

    @Option(help: "Only those that fire on this status.")
    var status: String?

    @Option(help: "Only this one.")
    var id: Int?

    @Option(help: "Only those with this destination, such as tracker.example.")
    var destination: String?

    @Flag(help: "Only those that are paused.")
    var paused = false

    @Flag(help: "Only those that are not active.")
    var inactive = false

    func run() throws {
        try list.show(
            .postbacks,
            [
                ("destination", destination.map(JSON.string)), ("paused", paused ? true : nil),
                ("active", inactive ? false : nil),
                ("goalId", goal.map(JSON.string)), ("conversionStatus", status.map(JSON.string)),
                ("postbackId", id.map(JSON.integer)),
            ])
    }
}

struct ShowConversions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversions", abstract: "Show conversions: a table on a terminal, JSON in a pipe.",
        usage: "postbacks conversions [OPTIONS]",
        discussion: "Times are in UTC. `postbacks invoke listConversions` answers the same as JSON.")

    @OptionGroup var list: ListOptions

    @Option(help: "Only those of this goal.")
    var goal: String?

    @Option(help: "Only those in this status.")
    var status: String?

    @Option(help: "Only those with this transactionId.")
    var transaction: String?

    @Option(help: "Only those with this clickId.")
    var click: String?

    @Option(help: "Only those recorded at this time or later; a date alone means its beginning in UTC.")
    var since: String?

    @Option(help: "Only those recorded before this time.")
    var until: String?

    func run() throws {
        try list.show(
            .conversions,
            [
                ("goalId", goal.map(JSON.string)), ("status", status.map(JSON.string)),
                ("transactionId", transaction.map(JSON.string)), ("clickId", click.map(JSON.string)),
                ("since", since.map { .string(Export.time($0)) }), ("until", until.map { .string(Export.time($0)) }),
            ])
    }
}

struct ShowDeliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "Show deliveries: a table on a terminal, JSON in a pipe.",
        usage: "postbacks deliveries [OPTIONS]",
        discussion: """
            Times are in UTC. The answer is the receiver's status, or the reason why there is none. \
            `postbacks invoke listDeliveries` answers the same as JSON, with every attempt.
            """)

    @OptionGroup var list: ListOptions

    @Option(help: "Only those of this postback.")
    var postback: Int?

    @Option(help: "Only those of this conversion.")
    var conversion: Int?

    @Option(help: "Only this one.")
    var id: Int?

    @Option(help: "Only those of the conversion with this transactionId.")
    var transaction: String?

    @Option(help: "Only those of the conversion with this clickId.")
    var click: String?

    @Option(help: "Only those to this destination, such as tracker.example.")
    var destination: String?

    @Option(help: "Only those whose last answer had this status, such as 503 or 5xx.")
    var httpStatus: String?

    @Option(help: "Only those whose last attempt ended with this error, such as timeout.")
    var error: String?

    @Option(help: "Only those in this state, such as dead.")
    var state: String?

    @Option(help: "Only those owed at this time or later; a date alone means its beginning in UTC.")
    var since: String?

    @Option(help: "Only those owed before this time.")
    var until: String?

    func run() throws {
        try list.show(
            .deliveries,
            [
                ("postbackId", postback.map(JSON.integer)), ("conversionId", conversion.map(JSON.integer)),
                ("deliveryId", id.map(JSON.integer)), ("transactionId", transaction.map(JSON.string)),
                ("clickId", click.map(JSON.string)), ("destination", destination.map(JSON.string)),
                ("httpStatus", httpStatus.map(JSON.string)), ("errorCode", error.map(JSON.string)),
                ("state", state.map(JSON.string)), ("since", since.map { .string(Export.time($0)) }),
                ("until", until.map { .string(Export.time($0)) }),
            ])
    }
}
