import FaultLedger
import Glibc
import System
import TestSupport

/// The pollers and their delivery processes. The functions that record the load belong to the load.
final class Processes {
    private(set) var pollers: [RunningPoller] = []
    /// The variables of the pollers, in addition to those of the installation.
    var settings: [String: String]
    /// `poll`, or `up` on an existing database or its own.
    var command = "poll"
    /// The folder of the pollers' logs.
    let folder: String
    private let database: Database
    private let network: Network
    private let notes: Notes
    private var logs: [String] = []

    init(_ database: Database, _ network: Network, _ notes: Notes, _ setup: Fault.Setup, logs folder: String) {
        self.database = database
        self.network = network
        self.notes = notes
        self.folder = folder
        let usual = [
            "POSTBACKS_TIMEOUT": "2", "POSTBACKS_LEASE": "12", "POSTBACKS_RETRY_SCHEDULE": setup.schedule,
            "LOG_LEVEL": "info", "SWIFT_BACKTRACE": "enable=no",
        ]
        settings = usual.merging(setup.poller) { $1 }
    }

    /// `wrapper` is a command line that runs the poller.
    func startPoller(_ settings: [String: String] = [:], wrapper: [String] = []) throws {
        pollers.append(try makePoller(settings, wrapper: wrapper))
    }

    private func makePoller(_ settings: [String: String] = [:], wrapper: [String] = []) throws -> RunningPoller {
        let log = "\(folder)/poller-\(logs.count + 1).log"
        logs.append(log)
        return try RunningPoller(
            database.installation, self.settings.merging(settings) { $1 }, command: command, wrapper: wrapper,
            log: log)
    }

    /// Sends SIGTERM to the pollers and checks that each exits with status 0.
    func endPollers() throws {
        for poller in pollers { poller.send(SIGTERM) }
        for poller in pollers {
            let status = try poller.waitForEnd()
            guard status == .exited(0) else {
                throw Breach(.heals, "a poller that was told to end did so by \(status)")
            }
        }
        pollers = []
    }

    // MARK: Kills, which also allow the repeats that they cause

    /// Kills a poller as a power failure would, and starts another one, as a supervisor would.
    func killPoller(_ number: Int = 0) throws {
        allowRepeats()
        pollers[number].send(SIGKILL)
        try pollers[number].waitForEnd()
        pollers[number] = try makePoller()
    }

    /// Kills all pollers and starts no others.
    func killPollers() {
        for poller in pollers {
            poller.send(SIGKILL)
            _ = try? poller.waitForEnd()
        }
        pollers = []
    }

    /// Kills a poller's delivery process; the poller starts another one.
    func killDeliveryProcess(_ number: Int = 0) {
        guard let process = pollers[number].deliveryProcess else { return }
        allowRepeats()
        Signals.send(SIGKILL, to: process)
    }

    /// Allows repeats of everything in flight, for each time that a process was killed or leases were lost.
    func allowRepeats(times: Int = 1) { notes.allowRepeats(times * inFlightLimit) }

    /// The highest number of requests that one poller has in flight.
    private var inFlightLimit: Int {
        let perDestination = settings["POSTBACKS_DESTINATION_CONCURRENCY"].flatMap { Int($0) } ?? 16
        // Requests that wait long for an answer do not count towards POSTBACKS_CONCURRENCY.
        return min(4096, perDestination * network.destinations.count)
    }

    // MARK: Logs

    /// The logs of all pollers and their delivery processes.
    var log: String { logs.map { String(decoding: (try? FileSystem.read($0)) ?? [], as: UTF8.self) }.joined() }

    /// The number of log lines in which the pollers report late answers of lost leases.
    var fencedAnswers: Int {
        log.split(separator: "\n").filter { $0.contains("late answers of lost leases were ignored") }.count
    }
}
