import Foundation
import TestSupport

/// The surroundings of one fault: a PostgreSQL server, the real programs, receivers, and a load without pauses.
final class Scene {
    let setup: Fault.Setup
    let effort: Effort
    let chance: Chance
    let folder: TemporaryFolder
    let database: Database
    let network: Network
    let processes: Processes
    let load: Load
    let watch = Stopwatch()
    let notes = Notes()
    /// The actions that undo the scene's changes once everything that it has started has ended.
    private var cleanups: [() -> Void] = []

    init(_ setup: Fault.Setup, _ effort: Effort, seed: UInt64) throws {
        self.setup = setup
        self.effort = effort
        chance = Chance(seed: seed)
        folder = try TemporaryFolder()
        // No run includes a power failure, so the short choice need not wait for the disk.
        let disk = effort.isShort ? ["fsync": "off"] : [:]
        database = try Database(
            home: "\(folder.path)/home", setup, settings: disk.merging(setup.server) { $1 }, chance, notes)
        load = Load(
            rate: setup.rate, environment: Programs.environment(database.installation.environment),
            log: "\(folder.path)/recorder.log")
        network = Network(database.installation, load)
        processes = Processes(database, network, notes, setup, logs: folder.path)
        try network.addHealthyFlows(setup.destinations)
    }

    deinit { close() }

    /// Ends everything that the scene has started.
    func close() {
        load.stop()
        processes.killPollers()
        database.close()
        for cleanup in cleanups { cleanup() }
        cleanups = []
    }

    func atEnd(_ cleanup: @escaping () -> Void) { cleanups.append(cleanup) }

    /// Lets the load run for a while.
    func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }
}
