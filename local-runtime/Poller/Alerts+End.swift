import JSON
import POSIX
import Store

/// How a poller's end is told.
extension Alerts {
    /// Nanoseconds that the poller's end waits for the operator to be told of it.
    private static let farewellTime: Int64 = 5_000_000_000

    /// Tells that the poller has stopped, and waits for the answer, for what is in flight and for no more than five seconds. What is
    /// not told by then is stored, and another poller tells it; without a database it is sent and not stored.
    /// - Parameters:
    ///   - unanswered: how many deliveries were in flight and not answered.
    ///   - signals: whatever comes ends the wait.
    func finish(unanswered: Int, signals: SignalDescriptor) throws(SystemError) {
        let end = Clock.monotonicNanoseconds + Alerts.farewellTime
        let data: JSON = [
            "poller": .string("\(ThisProcess.hostName)/\(ThisProcess.id)"), "unanswered": .integer(unanswered),
        ]
        farewell = .due(data)
        while true {
            let now = Clock.monotonicNanoseconds
            advance(now: now)
            if case .due = farewell, !link.isUp {
                beginFarewell()
                sendFarewell()
            }
            if now >= end || isFinished { break }
            _ = try wait(for: interests + [.read(signals.descriptor)], milliseconds: 50)
            if try !signals.take().isEmpty { break }
        }
        _ = process.close()
        if inFlight.isEmpty {
            // It ends with its input.
            advanceProcess(now: Clock.monotonicNanoseconds)
        } else {
            process.kill("the poller stops, and an alert is not answered")
        }
    }

    private var isFinished: Bool {
        guard case .begun = farewell else { return false }
        return work == nil && inFlight.isEmpty && verdicts.isEmpty
    }

    func beginFarewell() {
        if case .due(let data) = farewell { farewell = .begun(data) }
    }

    /// Sends it without its being stored, under an id that no stored one will have.
    func sendFarewell() {
        guard case .begun(let data) = farewell else { return }
        let id = AlertOutbox.firstID + Int.random(in: 1 << 40..<1 << 41)
        let alert = AlertOutbox.Alert(
            id: id, lease: Alerts.unstored, attempt: 1, type: "poller.stopped", at: Clock.rfc3339, data: data)
        send([alert], now: Clock.monotonicNanoseconds)
    }
}
