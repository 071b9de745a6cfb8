import Domain
import Secrets
import Store
import Text

/// A row that each poller writes into the database every few seconds, so that others (`doctor`) can see that it runs.
struct Heartbeat {
    /// Identifies this run of the program; it contains no host name.
    let id = randomBytes(16).hexadecimal
    /// The fault that keeps the poller from sending; nil for none.
    var problem: String?
    /// Why some deliveries cannot be sent from here, and when that was last seen.
    private var lack: (reason: String, time: Int64)?
    private let startTime: Int64
    private var next: Int64 = 0

    private static let interval: Int64 = 5_000_000_000
    /// The interval after a heartbeat that could not be stored: nothing depends on it.
    private static let longInterval: Int64 = 60_000_000_000
    /// A missing key is forgotten after this time without another complaint; a delivery that needs it is tried again
    /// sooner.
    private static let lackMemory: Int64 = 60_000_000_000

    init(startTime: Int64) { self.startTime = startTime }

    func isDue(now: Int64) -> Bool { now >= next }

    /// Notes that some deliveries need a key that is missing here.
    mutating func lacksKey(_ reason: String, now: Int64) { lack = (reason, now) }

    /// The call that stores the heartbeat.
    func call(now: Int64) -> RecordHeartbeat {
        let lack = lack.flatMap { now - $0.time < Heartbeat.lackMemory ? $0.reason : nil }
        return RecordHeartbeat(
            id, version: Version.current, uptime: Double(now - startTime) / 1e9, problem: problem ?? lack)
    }

    /// `isStored` says whether the database has stored it.
    mutating func ended(isStored: Bool, now: Int64) {
        next = now + (isStored ? Heartbeat.interval : Heartbeat.longInterval)
    }
}
