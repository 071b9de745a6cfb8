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
    private var pollerLogs: [String] = []

    struct Flow {
        let offer: String
        let isHealthy: Bool
    }

    init(_ setup: Fault.Setup, _ effort: Effort, seed: UInt64) throws {
        self.setup = setup
        self.effort = effort
        random = SeededRandom(seed: seed)
        folder = try TemporaryFolder()
        home = "\(folder.path)/home"
        if let size = setup.homeSize { mount = try MemoryDisk(at: home, size: size) } else { mount = nil }
        server = EmbeddedServer(home: home, settings: setup.server)
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
        for poller in pollers { poller.send(SIGKILL) }
        pollers = []
        foreigners = []
        server.stopImmediately()
        mount?.unmount()
    }

    func connect() throws -> Connection { try installation.database.connect(applicationName: "faults") }

    /// An offer whose conversions go to these destinations: by GET to the first, with a JSON body to the others.
    func addFlow(_ offer: String, to targets: [any Destination], isHealthy: Bool) throws {
        try installation.ask("configureOffer", ["offerId": .string(offer)])
        for (number, target) in targets.enumerated() {
            var postback: [JSON.Member] = [
                JSON.Member("offerId", .string(offer)), JSON.Member("affiliateId", "a"),
                JSON.Member("conversionStatus", "pending"),
            ]
            if number == 0 {
                postback.append(JSON.Member("httpType", "GET"))
                postback.append(
                    JSON.Member("url", .string("\(target.url)/{transaction_id}?cid={click_id}&p={payout}&r={random}")))
            } else {
                postback.append(JSON.Member("httpType", "POST(JSON)"))
                postback.append(JSON.Member("url", .string("\(target.url)/\(offer)")))
                postback.append(
                    JSON.Member(
                        "requestParams",
                        [
                            "id": "{transaction_id}", "payout": "{payout:number}", "status": "{status}",
                            "sub": ["{sub1}"],
                        ]
                    ))
            }
            try installation.ask("createPostback", .object(postback))
            if !destinations.contains(where: { $0 === target }) { destinations.append(target) }
        }
        flows.append(Flow(offer: offer, isHealthy: isHealthy))
        load.state.withLock { $0.offers = flows.map(\.offer) }
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
        let total = pollerSettings["POSTBACKS_CONCURRENCY"].flatMap { Int($0) } ?? 256
        return min(total, perDestination * destinations.count)
    }

    /// A process was killed, or leases were lost, so many times: what was in flight may be sent again.
    func allowRepeats(times: Int = 1) { allowedRepeats += times * inFlightLimit }

    /// One more injection.
    func countRound() { rounds += 1 }

    var sightings: [Sighting] { destinations.flatMap(\.sightings) }
}
