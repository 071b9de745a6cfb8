import ArgumentParser
import FunctionRuntime
import Glibc
import JSON
import Postgres
import Store
import System

struct Tail: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show attempts as they are made: a line for each on a terminal, JSON lines in a pipe.",
        usage: "postbacks tail [OPTIONS]",
        discussion: """
            An attempt is shown when its answer is stored, until Ctrl-C. Of more than 1000 that \
            come at once, the last are shown. Times are in UTC.

              postbacks tail --affiliate ada
              postbacks tail --outcome retry | jq 'select(.status == "503")'
            """)

    @Option(help: "Only those of this postback.")
    var postback: Int?

    @Option(help: "Only those of this offer.")
    var offer: String?

    @Option(help: "Only those of this affiliate.")
    var affiliate: String?

    @Option(help: "Only those with this outcome: delivered, retry, failed, skipped or unknown.")
    var outcome: String?

    @Flag(help: "Print JSON lines even on a terminal.")
    var json = false

    /// The time between two queries.
    private static let interval: Duration = .milliseconds(500)
    private static let limit = 1000
    private static let outcomes = ["delivered", "retry", "failed", "skipped", "unknown"]

    func validate() throws {
        if let outcome, !Tail.outcomes.contains(outcome) {
            throw ValidationError("--outcome is one of \(Tail.outcomes.joined(separator: ", ")).")
        }
    }

    func run() throws {
        try reportingFailure {
            var filter = FollowAttempts.Filter()
            filter.postbackID = postback
            filter.offerID = offer
            filter.affiliateID = affiliate
            filter.outcome = outcome
            let connection = try Connection(
                try Installation().connectionString(), applicationName: "postbacks tail")
            let signals = try SignalDescriptor.ofEnd()
            var since = try connection.run(FollowAttempts(since: "infinity", filter, limit: 1)).until
            var shown: Set<String> = []
            while true {
                let answer = try connection.run(FollowAttempts(since: since, filter, limit: Tail.limit))
                let new = answer.attempts.filter { !shown.contains($0.key) }
                if new.count == Tail.limit {
                    Terminal.printError("postbacks: more than \(Tail.limit) came at once; the last ones are shown")
                }
                for attempt in new { Terminal.print(line(of: attempt), unless: signals.descriptor) }
                try Terminal.checkOutput()
                shown = Set(answer.attempts.map(\.key))
                since = answer.until
                _ = try wait(for: [.read(signals.descriptor)], atMost: Tail.interval)
                if try !signals.readPending().isEmpty { return }
            }
        }
    }

    private func line(of attempt: FollowAttempts.Attempt) -> String {
        guard Terminal.isOutput, !json else { return attempt.json.encodedText }
        return attempt.line(TerminalStyle.ofOutput())
    }
}

extension FollowAttempts.Attempt {
    /// Identifies the attempt.
    fileprivate var key: String { "\(delivery)/\(leaseNumber)" }

    /// One line of at most the terminal's width.
    func line(_ style: TerminalStyle) -> String {
        let answer = status ?? errorCode ?? "–"
        let duration = milliseconds.map { "\($0) ms" } ?? ""
        let cells = [
            String(at.dropFirst(11).prefix(12)), DisplayWidth.padded(outcome, to: 9),
            DisplayWidth.padded(answer, to: 5, isRight: true), DisplayWidth.padded(duration, to: 9, isRight: true),
            "delivery \(delivery) attempt \(number)", "postback \(postback)", affiliate ?? "", url ?? destination,
        ]
        let line = cells.map(style.cell).joined(separator: "  ")
        return DisplayWidth.cut(style.shown(line), to: style.columns, mark: style.isUnicode ? "…" : "~")
    }

    var json: JSON {
        [
            "at": .string(at), "deliveryId": .integer(delivery), "attempt": .integer(number),
            "outcome": .string(outcome), "status": .optional(status), "errorCode": .optional(errorCode),
            "milliseconds": milliseconds.map { JSON.integer($0) } ?? .null, "state": .string(state),
            "postbackId": .integer(postback), "conversionId": .integer(conversion), "offerId": .optional(offer),
            "affiliateId": .optional(affiliate), "destination": .string(destination), "method": .optional(method),
            "url": .optional(url),
        ]
    }
}
