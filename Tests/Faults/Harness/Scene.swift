import EmbeddedPostgres
import FaultLedger
import Glibc
import JSON
import POSIX
import Postgres
import Synchronization
import TestSupport

/// One fault's world: a PostgreSQL server of its own, the real programs on it, receivers, and a load that never pauses.
final class Scene {
    let setup: Fault.Setup
    let effort: Effort
    var random: SeededRandom
    let folder: TemporaryFolder
    /// The server's home folder.
    let home: String
    /// What the home folder is on, where that is not the machine's disk.
    private let mount: MemoryDisk?
    let server: EmbeddedServer
    let installation: Installation
    private(set) var destinations: [any Destination] = []
    /// The flows, by their offers: what is recorded for an offer goes to its destinations.
    private(set) var flows: [Flow] = []
    var pollers: [RunningPoller] = []
    let load: Load
    /// What the pollers get, beside the installation's variables.
    var pollerSettings: [String: String]
    /// `poll`; or `up`, on a database that is there or on its own.
    var pollerCommand = "poll"
    /// Second sends that what was injected allows.
    private(set) var allowedRepeats = 0
    /// How often the fault was injected.
    private(set) var rounds = 0
    let watch = Stopwatch()
    /// Sessions of others that last as long as the scene.
    var foreigners: [Connection] = []
    /// What a fault has counted, for its own confirmation.
    var notes: [String: Int] = [:]
    /// Destinations that hang together.
    var crowd: Crowd?
    /// How often conversions were recorded by a statement of the harness.
    var silentBatches = 0
    /// What the table says beside the figures.
    var remark = ""
    private var pollerLogs: [String] = []

    struct Flow {
        let offer: String
        let isHealthy: Bool
        /// How often it comes in the load while a flow with 1 comes once.
        var share = 1
    }

    init(_ setup: Fault.Setup, _ effort: Effort, seed: UInt64) throws {
        self.setup = setup
        self.effort = effort
        random = SeededRandom(seed: seed)
        folder = try TemporaryFolder()
        home = "\(folder.path)/home"
        if let size = setup.homeSize { mount = try MemoryDisk(at: home, size: size) } else { mount = nil }
        // No machine loses its power here, and the short choice need not wait for the disk.
        let disk = effort.isShort ? ["fsync": "off"] : [:]
        server = EmbeddedServer(home: home, settings: disk.merging(setup.server) { $1 })
        try server.start()
        installation = try Installation.make(on: TestDatabase(connectionString: server.connectionString))
        load = Load(
            rate: setup.rate, environment: Programs.environment(installation.environment),
            log: "\(folder.path)/recorder.log")
        let usual = [
            "POSTBACKS_TIMEOUT": "2", "POSTBACKS_LEASE": "12", "POSTBACKS_RETRY_SCHEDULE": setup.schedule,
            "LOG_LEVEL": "info", "SWIFT_BACKTRACE": "enable=no",
        ]
        pollerSettings = usual.merging(setup.poller) { $1 }
        try installation.ask("configureAffiliate", ["affiliateId": "a"])
        let healthy = try (0..<setup.destinations).map { _ in try PlainDestination() }
        for (number, destination) in healthy.enumerated() {
            // Two postbacks, in two ways, to two destinations.
            let other = healthy[(number + 1) % healthy.count]
            try addFlow("healthy-\(number)", to: [destination, other], isHealthy: true)
        }
    }

    deinit { close() }

    /// Ends all that was started.
    func close() {
        load.stop()
        killPollers()
        foreigners = []
        server.stopImmediately()
        mount?.unmount()
    }

    func connect() throws -> Connection { try installation.database.connect(applicationName: "faults") }

    /// An offer whose conversions go to these destinations: by GET to the first, with a JSON body to the others; and with a form
    /// to the first when they are done.
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

    /// An offer with these postbacks, to these destinations.
    /// - Parameters:
    ///   - postbacks: inputs of createPostback without offer and affiliate.
    ///   - share: how often it comes in the load while a flow with 1 comes once.
    ///   - environment: other settings for createPostback.
    func addFlow(
        _ offer: String, postbacks: [JSON], to targets: [any Destination], isHealthy: Bool,
        share: Int = 1, environment: [String: String] = [:]
    ) throws {
        try installation.ask("configureOffer", ["offerId": .string(offer)])
        let inputs = postbacks.map { $0.merging(["offerId": .string(offer), "affiliateId": "a"]) }
        let creator = Installation(
            database: installation.database, environment: installation.environment.merging(environment) { $1 })
        for answer in try creator.ask("createPostback", all: inputs) where answer["postback"] == nil {
            throw DidNotHappen(description: "the postbacks of \(offer) are made, but \(answer.encodedText)")
        }
        for target in targets where !destinations.contains(where: { $0 === target }) { destinations.append(target) }
        flows.append(Flow(offer: offer, isHealthy: isHealthy, share: share))
        spreadLoad()
    }

    /// Each healthy flow comes so often while each other one comes once.
    func favourHealthyFlows(_ share: Int) {
        for index in flows.indices where flows[index].isHealthy { flows[index].share = share }
        spreadLoad()
    }

    private func spreadLoad() {
        load.state.withLock { [offers = flows.flatMap { Array(repeating: $0.offer, count: $0.share) }] in
            $0.offers = offers
        }
    }

    /// - Returns: the new poller's place.
    @discardableResult
    func startPoller(_ settings: [String: String] = [:]) throws -> Int {
        pollers.append(try makePoller(settings))
        return pollers.count - 1
    }

    func makePoller(_ settings: [String: String] = [:]) throws -> RunningPoller {
        pollerLogs.append("\(folder.path)/poller-\(pollerLogs.count + 1).log")
        return try RunningPoller(
            installation, pollerSettings.merging(settings) { $1 }, command: pollerCommand,
            log: pollerLogs.last)
    }

    /// All that the pollers and their delivery processes have said.
    var pollerLog: String {
        pollerLogs.map { String(decoding: (try? FileSystem.read($0)) ?? [], as: UTF8.self) }.joined()
    }

    /// What one poller can have in flight at once.
    var inFlightLimit: Int {
        let perDestination = pollerSettings["POSTBACKS_DESTINATION_CONCURRENCY"].flatMap { Int($0) } ?? 16
        // Those that wait for an answer for long are no part of POSTBACKS_CONCURRENCY.
        return min(4096, perDestination * destinations.count)
    }

    /// A process was killed, or leases were lost, so many times: what was in flight may be sent again.
    func allowRepeats(times: Int = 1) { allowedRepeats += times * inFlightLimit }

    /// What is leased at this moment may be sent again: what is in flight, what waits for its turn in the pollers, and what was
    /// answered and is not stored yet.
    func allowRepeatsOfLeased() throws {
        allowedRepeats += try count("SELECT count(*) AS value FROM outbox WHERE lease_until IS NOT NULL")
    }

    /// One more injection.
    func countRound() { rounds += 1 }

    var sightings: [Sighting] { destinations.flatMap(\.sightings) }
}
