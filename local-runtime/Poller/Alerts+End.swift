import JSON
import Store
import System

/// The alert about the end of the poller.
extension Alerts {
    /// How long the end of the poller waits for this alert, in nanoseconds.
    private static let farewellTime: Int64 = 5_000_000_000

    /// Sends the alert that the poller has stopped, and waits for its answer and for the alerts in flight, five seconds
    /// at most. An alert that is not sent by then is stored, and another poller sends it. Without a database it is sent
    /// and not stored.
    /// - Parameters:
    ///   - unanswered: how many deliveries were in flight and have no answer.
    ///   - signals: any signal ends the wait.
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
            // It ends when its input ends.
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

    /// Sends the alert without storing it, under an id that no stored alert will have.
    func sendFarewell() {
        guard case .begun(let data) = farewell else { return }
        let id = AlertOutbox.firstID + Int.random(in: 1 << 40..<1 << 41)
        let alert = AlertOutbox.Alert(
            id: id, lease: Alerts.unstored, attempt: 1, type: "poller.stopped", at: Clock.rfc3339, data: data)
        send([alert], now: Clock.monotonicNanoseconds)
    }
}
