import FaultLedger

/// A fault as a value: its name, its group, and how it is injected and undone.
struct Fault: Sendable {
    let name: String
    let group: Group
    /// A short description of what is injected.
    let injects: String
    var setup = Setup()
    /// Runs before the pollers and the load start, for example to add flows or replace deliverPostback. Throws
    /// `Skipped` if the fault cannot be injected here.
    var prepare: @Sendable (Scene) throws -> Void = { _ in }
    /// Injects and heals the fault, any number of times, while the load runs. After it returns, the system must recover
    /// alone.
    let inject: @Sendable (Scene) throws -> Void
    /// Checks the conditions of this fault in addition to the invariants, after the outbox has drained.
    var confirm: @Sendable (Scene) throws -> [Breach] = { _ in [] }

    enum Group: String, CaseIterable, Sendable {
        case processes, database, network, answers, load
    }

    /// The parts of the scene.
    struct Setup: Sendable {
        var pollers = 1
        /// The number of healthy destinations; each has a flow of its own.
        var destinations = 3
        /// Conversions per second.
        var rate = 100
        /// The waits between attempts, in the format of POSTBACKS_RETRY_SCHEDULE.
        var schedule = "0.2,0.3,0.5,1,1,1,2,2,2,3,3"
        /// Settings of the poller that override those of the scene.
        var poller: [String: String] = [:]
        /// Settings of PostgreSQL that override those of the scene.
        var server: [String: String] = [:]
        /// Whether a second server follows PostgreSQL by synchronous streaming replication.
        var hasStandby = false
        /// The size of a file system for PostgreSQL's files alone, such as `320m`; nil uses the machine's disk.
        var homeSize: String?
        /// Two limits in seconds after the heal: until the recorder has answered everything, and the longest time in
        /// which the outbox may not shrink.
        var patience = 120
        /// The p99 of the healthy flows during the fault may be at most this multiple of the calm p99; nil sets no
        /// limit.
        var latencyFactor: Double?
        /// A p99 in milliseconds that is always allowed, because a busy machine causes that much alone.
        var latencyFloor = 25.0
        /// The highest p99 in milliseconds of the healthy flows during the fault; nil sets no limit.
        var latencyBound: Double?

        var attemptLimit: Int { schedule.split(separator: ",").count + 1 }
    }
}

/// The reason why a fault cannot be injected here.
struct Skipped: Error {
    let reason: String
}

/// How much is done of each fault: little in the tests (`--short`), everything when run by hand.
struct Effort {
    var isShort = false
    /// The duration of the faults that loop for a time.
    var minutes: Double?
    var seed: UInt64

    func rounds(short: Int, full: Int) -> Int { isShort ? short : full }
    func seconds(short: Double, full: Double) -> Double { minutes.map { $0 * 60 } ?? (isShort ? short : full) }
}

extension Fault {
    /// All faults in the order in which they run. A new fault is added to the list of its group.
    static let all =
        processFaults + deliveryProcessFaults + databaseFaults + failoverFaults + statementFaults + networkFaults
        + hostFaults + answerFaults + loadFaults + historyFaults + clockFaults + poisonFaults + installationFaults
        + hostilePostbackFaults + ownFaults
}
