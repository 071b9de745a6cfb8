import Domain
import Secrets
import Store
import System
import Text

/// A row that each poller writes into the database every few seconds, so that others (`doctor`, `showHealth`) can see that
/// it runs, and what it has done.
struct Heartbeat {
    /// Identifies this run of the program.
    let id = randomBytes(16).hexadecimal
    /// The fault that keeps the poller from sending; nil for none.
    var problem: String?
    /// Why some deliveries cannot be sent from here, and when that was last seen.
    private var lack: (reason: String, time: Instant)?
    private let startTime: Instant
    private var next: Instant = .distantPast

    private static let interval: Duration = .seconds(5)
    /// The interval after a heartbeat that could not be stored. It is longer, because sending does not depend on
    /// heartbeats.
    private static let longInterval: Duration = .seconds(60)
    /// A missing key is forgotten after this time without another complaint; a delivery that needs it is tried again
    /// sooner.
    private static let lackMemory: Duration = .seconds(60)

    init(startTime: Instant) { self.startTime = startTime }

    func isDue(now: Instant) -> Bool { now >= next }

    /// Notes that some deliveries need a key that is missing here.
    mutating func lacksKey(_ reason: String, now: Instant) { lack = (reason, now) }

    /// The call that stores the heartbeat.
    func call(
        _ counts: PollerCounts, _ beat: (number: Int, increments: [RecordHeartbeat.Increment]), now: Instant
    ) -> RecordHeartbeat {
        let lack = lack.flatMap { now - $0.time < Heartbeat.lackMemory ? $0.reason : nil }
        return RecordHeartbeat(
            id, host: ThisProcess.hostName, version: Version.current, uptime: now - startTime,
            problem: problem ?? lack, counts: counts, number: beat.number, increments: beat.increments)
    }

    /// `isStored` says whether the database has stored it.
    mutating func ended(isStored: Bool, now: Instant) {
        next = now + (isStored ? Heartbeat.interval : Heartbeat.longInterval)
    }
}
