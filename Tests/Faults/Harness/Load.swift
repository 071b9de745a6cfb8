import FaultLedger
import Foundation
import Glibc
import Synchronization
import System
import TestSupport

/// Records conversions without a pause and changes the status of some, with a warm recordConversion and a warm
/// updateConversionStatus, on a thread of its own. Calls without an answer, or with the answer `unavailable`, are
/// repeated with the same ids, as a caller would do. The account keeps the answers.
final class Load: Sendable {
    struct State {
        var account = Account()
        /// The offers, used in turn.
        var offers: [String] = []
        /// Conversions per second; 0 pauses.
        var rate: Int
        /// Makes no new calls; open calls are still repeated until they are answered.
        var isFinishing = false
        var isStopped = false
        /// The number of calls that wait for an answer or a repetition.
        var open = 0
        /// The process ids of the two functions.
        var processes: [CInt] = []
    }

    let state: Mutex<State>
    private let environment: [String: String]
    private let log: String

    /// `log` is the path of the functions' log.
    init(rate: Int, environment: [String: String], log: String) {
        state = Mutex(State(rate: rate))
        self.environment = environment
        self.log = log
    }

    /// Starts the thread, which ends soon after `stop`.
    func start() {
        Thread.detachNewThread { [self] in
            let recorder = Recorder(environment: environment, log: log)
            while !state.withLock({ $0.isStopped }) { recorder.turn(state) }
            recorder.end()
        }
    }

    /// Makes no new calls and waits until all open ones are answered.
    func finish(seconds: Int) throws {
        state.withLock { $0.isFinishing = true }
        defer { stop() }
        do {
            try waitUntil("all answered", timeoutSeconds: seconds) { state.withLock { $0.open == 0 } }
        } catch {
            let open = state.withLock { $0.open }
            throw Breach(.heals, "recorder and updater have not answered \(open) calls in \(seconds) s")
        }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    /// Waits until `count` more conversions are answered, which shows that recording works.
    func waitForAnswers(_ count: Int = 20) throws {
        let before = answered
        try waitUntil("\(count) more conversions are answered", timeoutSeconds: 120) { answered >= before + count }
    }

    var account: Account { state.withLock { $0.account } }
    private var answered: Int { state.withLock { $0.account.answers.count } }
    func setRate(_ rate: Int) { state.withLock { $0.rate = rate } }

    /// Kills the functions during their work; the caller starts them again.
    func killRecorder() {
        for process in state.withLock({ $0.processes }) { Signals.send(SIGKILL, to: process) }
    }
}
