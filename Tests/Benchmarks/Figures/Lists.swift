import BenchmarkReport
import Glibc
import JSON
import Postgres
import System
import TestSupport

/// The first page of every list with each of its filters, in a large installation, by a warm function.
func measureLists(_ workbench: Workbench, _ world: World, owed: String) throws {
    let sample = try Sample(world)
    let limit = 100.0
    var slowest: [(function: String, input: JSON, time: Double)] = []
    for (function, inputs) in sample.inputs {
        let process = try world.start(function, ["--stream"])
        defer { process.end(SIGTERM) }
        for input in inputs {
            // The first call of each kind reads what is not in memory yet.
            let times = try (0..<6).map { _ in try time(process, input) }
            slowest.append((function, input, Array(times.dropFirst()).median))
        }
    }
    slowest.sort { $0.time > $1.time }
    guard let first = slowest.first else { return }
    workbench.add(
        Figure(
            "slowest first page of \(slowest.count) lists and filters, \(owed) owed: \(first.function)",
            Measure([first.time], .milliseconds), aim: .atMost(limit)))
    workbench.report.add(
        .init(
            "First pages of lists with \(owed) owed and \(owed) finished, the ten slowest:",
            ["function", "input", "time"],
            slowest.prefix(10).map { [$0.function, "`\($0.input.encodedText)`", Unit.milliseconds.text($0.time)] }))
    for slow in slowest.prefix(3) { try addPlan(workbench, world, slow.function, slow.input) }
}

/// The plan of the slowest statement of a list, from PostgreSQL's own auto_explain in another call.
private func addPlan(_ workbench: Workbench, _ world: World, _ function: String, _ input: JSON) throws {
    let options = [
        "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0", "auto_explain.log_analyze=on",
        "auto_explain.log_buffers=on", "auto_explain.log_timing=off",
    ]
    let process = try world.start(
        function, ["--stream"], ["PGOPTIONS": options.map { "-c \($0)" }.joined(separator: " ")])
    defer { process.end(SIGTERM) }
    _ = try time(process, input)
    let before = workbench.serverLog.count
    _ = try time(process, input)
    let log = String(decoding: workbench.serverLog.dropFirst(before), as: UTF8.self)
    let entries = log.split(separator: "LOG:  duration: ").dropFirst()
    func duration(_ entry: Substring) -> Double { Double(entry.prefix { $0 != " " }) ?? 0 }
    guard let slowest = entries.max(by: { duration($0) < duration($1) }) else { return }
    // Nodes that were never executed are left out, and so is the statement, which stands in front of the first node.
    let plan = slowest.split(separator: "\n").drop { !$0.contains("(cost=") }
        .prefix { $0.hasPrefix("\t") }
        .filter { !$0.contains("(never executed)") }
    workbench.report.addNote(
        "The plan of \(function) `\(input.encodedText)`, \(duration(slowest)) ms:", plan.joined(separator: "\n"))
}

/// The time of a call in milliseconds.
private func time(_ process: LineProcess, _ input: JSON) throws -> Double {
    let start = Instant.now
    try process.write(Array((["id": 1, "input": input] as JSON).encodedText.utf8) + [UInt8(ascii: "\n")])
    let answer = try process.readLine(seconds: 60)
    let elapsed = start.elapsed.milliseconds
    guard answer.contains("\"output\"") else { throw DidNotHappen(description: "\(input.encodedText): \(answer)") }
    return elapsed
}

/// The ids and times with which lists are filtered.
private struct Sample {
    private let delivery: Int
    private let conversion: Int
    private let postback: Int
    private let transaction: String
    private let click: String
    private let affiliate: String
    private let origin: String
    private let time: String

    /// Takes a delivery from the middle of the finished ones.
    init(_ world: World) throws {
        let rows = try world.database.run(
            """
            SELECT d.id, d.conversion_id, d.postback_id, c.transaction_id, c.click_id, c.affiliate_id, o.origin,
                rfc3339(d.owed_at) AS owed_at
            FROM deliveries d JOIN conversions c ON c.id = d.conversion_id JOIN destinations o ON o.id = d.destination_id
            WHERE d.id >= (SELECT (min(id) + max(id)) / 2 FROM deliveries) ORDER BY d.id LIMIT 1
            """)
        guard let row = rows.first else { throw DidNotHappen(description: "there is a finished delivery") }
        delivery = row.integer("id") ?? 0
        conversion = row.integer("conversion_id") ?? 0
        postback = row.integer("postback_id") ?? 0
        transaction = row.text("transaction_id") ?? ""
        click = row.text("click_id") ?? ""
        affiliate = row.text("affiliate_id") ?? ""
        origin = row.text("origin") ?? ""
        time = row.text("owed_at") ?? ""
    }

    /// The inputs for each function. A status, state or error without a single row is the hardest filter of all.
    var inputs: [(function: String, inputs: [JSON])] {
        let click = JSON.string(click)
        let transaction = JSON.string(transaction)
        let affiliate = JSON.string(affiliate)
        let origin = JSON.string(origin)
        let time = JSON.string(time)
        let deliveries: [JSON] = [
            [:], ["deliveryId": .integer(delivery)], ["conversionId": .integer(conversion)],
            ["transactionId": transaction], ["clickId": click], ["postbackId": .integer(postback)],
            ["affiliateId": affiliate], ["offerId": "o1"], ["destination": origin], ["httpStatus": 200],
            ["httpStatus": 500], ["errorCode": "timeout"], ["since": time], ["until": time],
            ["affiliateId": affiliate, "state": "dead"], ["offerId": "o1", "state": "failed"],
            ["destination": origin, "httpStatus": 500], ["postbackId": .integer(postback), "errorCode": "dns"],
            ["offerId": "o1", "affiliateId": affiliate, "since": time],
        ]
        let states = ["owed", "in_flight", "retrying", "held", "delivered", "failed", "dead", "skipped", "cancelled"]
        let conversions: [JSON] = [
            [:], ["offerId": "o1"], ["affiliateId": affiliate], ["status": "done"], ["status": "rejected"],
            ["offerId": "o1", "status": "pending"], ["offerId": "o1", "affiliateId": affiliate], ["since": time],
            ["until": time], ["offerId": "o1", "transactionId": transaction], ["offerId": "o1", "clickId": click],
        ]
        let postbacks: [JSON] = [
            [:], ["postbackId": .integer(postback)], ["offerId": "o1"], ["affiliateId": affiliate],
            ["conversionStatus": "rejected"], ["active": false], ["paused": true], ["destination": origin],
        ]
        let found: [JSON] = [
            ["text": transaction], ["text": click], ["text": affiliate], ["text": .string("\(conversion)")],
            ["text": "nothing-has-this-id"],
        ]
        return [
            ("listDeliveries", deliveries.flatMap(inBothOrders) + states.map { ["state": .string($0)] }),
            ("listConversions", conversions.flatMap(inBothOrders)), ("listPostbacks", postbacks),
            ("listDestinations", [[:], ["isBlocked": true], ["destination": origin]]),
            ("listOffers", [[:]]), ("listAffiliates", [[:]]), ("findRecords", found), ("showHealth", [[:]]),
        ]
    }

    private func inBothOrders(_ input: JSON) -> [JSON] { [input, input.merging(["order": "newest"])] }
}
