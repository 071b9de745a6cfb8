import Postbacks
import Secrets
import Store
import Text

/// What a poller says of itself in the database every few seconds, so that others can tell that it is there (`doctor`).
struct Heartbeat {
    /// Of this run of the program; it names no host.
    let id = randomBytes(16).hexadecimal
    /// What keeps it from sending; nil for nothing.
    var problem: String?
    /// Why some deliveries cannot be sent from here, and when that was seen last.
    private var lack: (reason: String, time: Int64)?
    private let startTime: Int64
    private var next: Int64 = 0

    private static let interval: Int64 = 5_000_000_000
    /// Where it cannot be stored it is not tried as often: nothing depends on it.
    private static let longInterval: Int64 = 60_000_000_000
    /// A problem is forgotten after so long without another complaint; a delivery that lacks a key is tried again sooner.
    private static let lackMemory: Int64 = 60_000_000_000

    init(startTime: Int64) { self.startTime = startTime }

    func isDue(now: Int64) -> Bool { now >= next }

    /// Some deliveries need a key that is not here.
    mutating func lacksKey(_ reason: String, now: Int64) { lack = (reason, now) }

    /// What says that the poller is there, now.
    func call(now: Int64) -> RecordHeartbeat {
        let lack = lack.flatMap { now - $0.time < Heartbeat.lackMemory ? $0.reason : nil }
        return RecordHeartbeat(
            id, version: Version.current, uptime: Double(now - startTime) / 1e9, problem: problem ?? lack)
    }

    /// - Parameter isStored: whether the database has taken it.
    mutating func ended(isStored: Bool, now: Int64) {
        next = now + (isStored ? Heartbeat.interval : Heartbeat.longInterval)
    }
}
