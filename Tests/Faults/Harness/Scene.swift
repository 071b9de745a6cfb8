import EmbeddedPostgres
import FaultLedger
import Glibc
import Input
import JSON
import Postgres
import Synchronization
import System
import TestSupport

/// The surroundings of one fault: a PostgreSQL server, the real programs, receivers, and a load without pauses.
final class Scene {
    let setup: Fault.Setup
    let effort: Effort
    var random: SeededRandom
    let folder: TemporaryFolder
    /// The server's home folder.
    let home: String
    /// The file system of the home folder; nil if that is the machine's disk.
    private let mount: MemoryDisk?
    let server: EmbeddedServer
    let installation: Installation
    private(set) var destinations: [any Destination] = []
    /// Flows are named by their offers: the conversions of an offer go to its destinations.
    private(set) var flows: [Flow] = []
    var pollers: [RunningPoller] = []
    let load: Load
    /// The variables of the pollers, in addition to those of the installation.
    var pollerSettings: [String: String]
    /// `poll`, or `up` on an existing database or its own.
    var pollerCommand = "poll"
    /// The number of repeated requests that the injected faults allow.
    private(set) var allowedRepeats = 0
    /// The number of injections.
    private(set) var rounds = 0
    let watch = Stopwatch()
    /// Other sessions that last as long as the scene.
    var foreigners: [Connection] = []
    /// Numbers that a fault has counted for its own check.
    var notes: [String: Int] = [:]
    /// The destinations that hang together.
    var crowd: Crowd?
    /// The number of batches of conversions that the harness recorded with its own statements.
    var silentBatches = 0
    /// A remark for the table.
    var remark = ""
    private var pollerLogs: [String] = []

    struct Flow {
        let offer: String
        let isHealthy: Bool
        /// The flow's weight in the load, relative to a flow with the weight 1.
        var share = 1
    }

    init(_ setup: Fault.Setup, _ effort: Effort, seed: UInt64) throws {
        self.setup = setup
        self.effort = effort
        random = SeededRandom(seed: seed)
        folder = try TemporaryFolder()
        home = "\(folder.path)/home"
        if let size = setup.homeSize { mount = try MemoryDisk(at: home, size: size) } else { mount = nil }
        // No run includes a power failure, so the short choice need not wait for the disk.
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
        let healthy = try (0..<setup.destinations).map { _ in try PlainDestination() }
        for (number, destination) in healthy.enumerated() {
            // Each flow has two postbacks of different types, to two destinations.
            let other = healthy[(number + 1) % healthy.count]
            try addFlow("healthy-\(number)", to: [destination, other], isHealthy: true)
        }
    }

    deinit { close() }

    /// Ends everything that the scene has started.
    func close() {
        load.stop()
        killPollers()
        foreigners = []
        server.stopImmediately()
        mount?.unmount()
    }

    func connect() throws -> Connection { try installation.database.connect(applicationName: "faults") }

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

    /// Adds an offer with these postbacks to these destinations.
    /// - Parameters:
    ///   - postbacks: inputs of createPostback without offer and affiliate.
    ///   - share: the flow's weight in the load, relative to a flow with the weight 1.
    ///   - environment: other settings for createPostback.
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

    /// - Returns: the index of the new poller.
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

    /// The logs of all pollers and their delivery processes.
    var pollerLog: String {
        pollerLogs.map { String(decoding: (try? FileSystem.read($0)) ?? [], as: UTF8.self) }.joined()
    }

    /// The highest number of requests that one poller has in flight.
    var inFlightLimit: Int {
        let perDestination = pollerSettings["POSTBACKS_DESTINATION_CONCURRENCY"].flatMap { Int($0) } ?? 16
        // Requests that wait long for an answer do not count towards POSTBACKS_CONCURRENCY.
        return min(4096, perDestination * destinations.count)
    }

    /// Allows repeats of everything in flight, for each time that a process was killed or leases were lost.
    func allowRepeats(times: Int = 1) { allowedRepeats += times * inFlightLimit }

    /// Allows repeats of everything that is leased now: requests in flight, rows that wait for their turn in the
    /// pollers, and answers that are not stored yet.
    func allowRepeatsOfLeased() throws {
        allowedRepeats += try count("SELECT count(*) AS value FROM outbox WHERE lease_until IS NOT NULL")
    }

    /// Counts an injection.
    func countRound() { rounds += 1 }

    var sightings: [Sighting] { destinations.flatMap(\.sightings) }
}
