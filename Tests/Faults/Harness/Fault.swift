import FaultLedger

/// Something that goes wrong, as a value: what it is called, where it happens, and how it is done and undone.
struct Fault: Sendable {
    let name: String
    let group: Group
    /// What it injects, in a few words.
    let injects: String
    var setup = Setup()
    /// Before the pollers and the load begin: more flows, another deliverPostback. Throws `Skipped` where it cannot be done.
    var prepare: @Sendable (Scene) throws -> Void = { _ in }
    /// Injects and heals, as often as it likes, while the load goes on. When it returns nobody helps any more.
    let inject: @Sendable (Scene) throws -> Void
    /// What must be true of this fault beside the invariants, once all is drained.
    var confirm: @Sendable (Scene) throws -> [Breach] = { _ in [] }

    enum Group: String, CaseIterable, Sendable {
        case processes, database, network, answers, load
    }

    /// What the scene is made of.
    struct Setup: Sendable {
        var pollers = 1
        /// Healthy destinations, each with a flow of its own.
        var destinations = 3
        /// Conversions a second.
        var rate = 100
        /// Waits between attempts, as POSTBACKS_RETRY_SCHEDULE.
        var schedule = "0.2,0.3,0.5,1,1,1,2,2,2,3,3"
        /// Settings of the poller and of PostgreSQL, over the scene's own.
        var poller: [String: String] = [:]
        var server: [String: String] = [:]
        /// PostgreSQL's files are on a disk of their own, so large (`320m`); nil for the machine's.
        var homeSize: String?
        /// After the heal: seconds in which the recorder must have answered all, and the longest time without progress of the
        /// drain.
        var patience = 120
        /// The p99 of the healthy flows during the fault is at most so many times the calm one; nil is not judged.
        var latencyFactor: Double?
        /// Milliseconds that are always allowed: what a machine with other work to do adds by itself.
        var latencyFloor = 25.0
        /// The same p99 is at most so many milliseconds; nil is not judged.
        var latencyBound: Double?

        var attemptLimit: Int { schedule.split(separator: ",").count + 1 }
    }
}

/// Why a fault cannot be injected here.
struct Skipped: Error {
    let reason: String
}

/// How much is done: a short choice in the tests, all of it by hand.
struct Effort {
    var isShort = false
    /// For the faults that loop for a time.
    var minutes: Double?
    var seed: UInt64

    func rounds(short: Int, full: Int) -> Int { isShort ? short : full }
    func seconds(short: Double, full: Double) -> Double { minutes.map { $0 * 60 } ?? (isShort ? short : full) }
}

extension Fault {
    /// All of them, in the order in which they run. A new one is added to the list of its group.
    static let all =
        processFaults + deliveryProcessFaults + databaseFaults + statementFaults + networkFaults + answerFaults
        + loadFaults + clockFaults + poisonFaults + installationFaults + hostilePostbackFaults
        + ownFaults
}
