import FaultLedger
import Foundation
import Glibc
import POSIX
import Synchronization
import TestSupport

/// Conversions recorded without a pause by one `recordConversion --stream`, on a thread of its own. What got no answer, or
/// `unavailable`, is sent again with the same transactionId, as a caller would; the account says what was answered.
final class Load: Sendable {
    struct State {
        var account = Account()
        /// The offers in turn.
        var offers: [String] = []
        /// Conversions a second; 0 pauses.
        var rate: Int
        /// No more new ones; what was offered is still repeated until it is answered.
        var isFinishing = false
        var isStopped = false
        /// What waits for an answer, or to be sent again.
        var open = 0
        /// How often something was sent again.
        var repeats = 0
        var process: CInt?
    }

    let state: Mutex<State>
    private let environment: [String: String]
    private let log: String

    /// - Parameter log: the file for the function's log.
    init(rate: Int, environment: [String: String], log: String) {
        state = Mutex(State(rate: rate))
        self.environment = environment
        self.log = log
    }

    /// The thread ends soon after `stop`.
    func start() {
        Thread.detachNewThread { [self] in
            let recorder = Recorder(environment: environment, log: log)
            while !state.withLock({ $0.isStopped }) { recorder.turn(state) }
            recorder.end()
        }
    }

    /// Nothing new any more; waits until everything offered is answered.
    func finish(seconds: Int) throws {
        state.withLock { $0.isFinishing = true }
        defer { stop() }
        do {
            try waitUntil("all answered", timeoutSeconds: seconds) { state.withLock { $0.open == 0 } }
        } catch {
            let open = state.withLock { $0.open }
            throw Breach(.heals, "recordConversion has not answered \(open) conversions in \(seconds) s")
        }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    var account: Account { state.withLock { $0.account } }
    var answered: Int { state.withLock { $0.account.answers.count } }
    func setRate(_ rate: Int) { state.withLock { $0.rate = rate } }

    /// Kills the recorder in the middle; it starts again by itself.
    func killRecorder() {
        if let process = state.withLock({ $0.process }) { Signals.send(SIGKILL, to: process) }
    }
}
