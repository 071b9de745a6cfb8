import ArgumentParser
import Domain
import FunctionRuntime
import Input
import JSON
import Store
import System

struct ShowStatistics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show what is owed, who sends it, and the attempts of the last hour.",
        usage: "postbacks stats [--by GROUP] [OPTIONS]",
        discussion: """
            The same as the answers of showHealth and deliveryStatistics, for people. In a \
            pipe, and with --json, both are printed as one JSON object.

              postbacks stats --by destination
              postbacks stats --affiliate ada --hours 24
            """)

    @Option(help: "The number of hours that are counted, up to 72.")
    var hours = 1

    @Option(help: "Counts each postback, destination, affiliate, offer or outcome.")
    var by: String?

    @Option(help: "Counts only attempts of this affiliate's postbacks.")
    var affiliate: String?

    @Option(help: "Counts only attempts of this offer's postbacks.")
    var offer: String?

    @Option(help: "Counts only attempts of this postback.")
    var postback: Int?

    @Flag(help: "Print JSON even on a terminal.")
    var json = false

    func validate() throws {
        guard (1...72).contains(hours) else { throw ValidationError("--hours is from 1 to 72.") }
        if let by, StatisticsGrouping(rawValue: by) == nil {
            let words = StatisticsGrouping.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--by is one of \(words).")
        }
    }

    func run() throws {
        try reportingFailure {
            let installation = try Installation()
            let environment = try installation.environment(connectionString: try installation.connectionString())
            let database = try Database(Settings(environment: environment), applicationName: "postbacks stats")
            let health = try HealthReport(database).report()
            let statistics = try AttemptStatistics(database).count(try query())
            guard Terminal.isOutput, !json else {
                return Terminal.print((["health": health, "statistics": statistics] as JSON).encodedText)
            }
            let text = StatisticsText(style: .ofOutput())
            Terminal.print((text.health(health) + [""] + text.statistics(statistics)).joined(separator: "\n"))
        }
    }

    /// The input of deliveryStatistics, which validates it.
    private func query() throws(FunctionError) -> StatisticsQuery {
        let start = Timestamp(milliseconds: WallClock.unixMilliseconds - Int64(hours) * 3_600_000 + 60_000)
        let given: [(String, JSON?)] = [
            ("since", .string(start.description)), ("bucket", hours <= 24 ? "minute" : "hour"),
            ("by", by.map(JSON.string)), ("affiliateId", affiliate.map(JSON.string)),
            ("offerId", offer.map(JSON.string)), ("postbackId", postback.map(JSON.integer)),
        ]
        var fields = Fields(given.compactMap { name, value in value.map { JSON.Member(name, $0) } })
        let query = StatisticsQuery(&fields)
        guard fields.faults.isEmpty else { throw .invalidRequest(fields.faults) }
        return query
    }
}
