import FaultLedger
import JSON
import Postgres
import Receiver
import Synchronization
import System
import TestSupport

/// The destinations, and the flows of conversions to them.
final class Network {
    private(set) var destinations: [any Destination] = []
    /// Flows are named by their offers: the conversions of an offer go to its destinations.
    private(set) var flows: [Flow] = []
    private let installation: Installation
    private let load: Load
    /// The number of batches of conversions that the harness recorded with its own statements.
    private var silentBatches = 0

    struct Flow {
        let offer: String
        let isHealthy: Bool
        /// The flow's weight in the load, relative to a flow with the weight 1.
        var share = 1
    }

    init(_ installation: Installation, _ load: Load) {
        self.installation = installation
        self.load = load
    }

    var sightings: [Sighting] { destinations.flatMap(\.sightings) }

    // MARK: Flows

    /// Adds flows to `count` destinations that accept everything. Each flow has two postbacks of different types, to two
    /// destinations.
    func addHealthyFlows(_ count: Int) throws {
        let healthy = try (0..<count).map { _ in try PlainDestination() }
        for (number, destination) in healthy.enumerated() {
            let other = healthy[(number + 1) % count]
            try addFlow("healthy-\(number)", to: [destination, other], isHealthy: true)
        }
    }

    /// Adds an offer whose conversions go to these destinations: by GET to the first, and with a JSON body to the
    /// others. When a conversion becomes `done`, the first one also gets a form.
    func addFlow(_ offer: String, to targets: [any Destination], isHealthy: Bool) throws {
        var postbacks: [JSON] = []
        func post(_ target: any Destination, _ path: String, _ type: JSON, on status: JSON, _ params: JSON) {
            postbacks.append([
                "conversionStatus": status, "httpType": type, "url": .string(target.url + path),
                "requestParams": params,
            ])
        }
        for (number, target) in targets.enumerated() {
            if number == 0 {
                post(target, "/{transaction_id}?cid={click_id}", "GET", on: "pending", ["r": "{random}"])
                post(target, "/done", "POST(FORM)", on: "done", ["id": "{transaction_id}", "was": "{previous_status}"])
            } else {
                let params: JSON = ["id": "{transaction_id}", "payout": "{payout:number}", "sub": ["{sub1}"]]
                post(target, "/\(offer)", "POST(JSON)", on: "pending", params)
            }
        }
        try addFlow(offer, postbacks: postbacks, to: targets, isHealthy: isHealthy)
    }

    /// Adds an offer with these postbacks to these destinations. `postbacks` are inputs of createPostback without offer
    /// and affiliate. `share` is the flow's weight in the load, relative to a flow with the weight 1. `environment` is
    /// other settings for createPostback.
    func addFlow(
        _ offer: String, postbacks: [JSON], to targets: [any Destination], isHealthy: Bool,
        share: Int = 1, environment: [String: String] = [:]
    ) throws {
        let creator = Installation(
            database: installation.database, environment: installation.environment.merging(environment) { $1 })
        try creator.configure(offer: ["offerId": .string(offer)], postbacks: postbacks)
        for target in targets where !destinations.contains(where: { $0 === target }) { destinations.append(target) }
        flows.append(Flow(offer: offer, isHealthy: isHealthy, share: share))
        spreadLoad()
    }

    /// Gives the healthy flows this weight in the load; the others keep theirs.
    func favourHealthyFlows(_ share: Int) {
        for index in flows.indices where flows[index].isHealthy { flows[index].share = share }
        spreadLoad()
    }

    private func spreadLoad() {
        load.state.withLock { [offers = flows.flatMap { Array(repeating: $0.offer, count: $0.share) }] in
            $0.offers = offers
        }
    }

    /// Records conversions of a flow, by default the first one, without a notification, and adds them to the account.
    /// `script` is the SQL statement that records them.
    func recordSilently(
        _ count: Int, of offer: String? = nil, by script: [UInt8] = PackageResources.record_silently_sql,
        on connection: Connection
    ) throws {
        silentBatches += 1
        let rows = try connection.run(
            Statement(name: "", sql: String(decoding: script, as: UTF8.self)),
            [.int(count), .text(offer ?? flows[0].offer), .text("silent-\(silentBatches)-")])
        let now = WallClock.unixMilliseconds
        load.state.withLock { state in
            for row in rows {
                let transaction = row.text("transaction_id") ?? ""
                let deliveries = (row.text("deliveries") ?? "").split(separator: ",").compactMap { Int($0) }
                state.account.offered.insert(transaction)
                state.account.answers[transaction] = Account.Answer(
                    conversion: row.integer("id") ?? 0, deliveries: deliveries, at: now)
            }
        }
    }

    // MARK: Destinations

    /// Makes healthy destinations answer with a delay, so that something is always in flight.
    func slowDown(milliseconds: Int, status: Int = 200) {
        behave(ReceiverBehaviour(statuses: [status], delay: .milliseconds(milliseconds)))
    }

    /// Changes the behaviour of the healthy destinations.
    func behave(_ behaviour: ReceiverBehaviour) {
        for case let destination as PlainDestination in destinations { destination.behave(behaviour) }
    }

    /// Waits until `count` more requests have arrived, which shows that delivery works.
    func waitForArrivals(_ count: Int = 20) throws {
        let before = sightings.count
        try waitUntil("\(count) more requests arrive", timeoutSeconds: 120) { sightings.count >= before + count }
    }
}
