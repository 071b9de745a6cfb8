package import FunctionRuntime
package import Logging
import Postgres
package import Store
import Synchronization
package import System

/// Reads the keys from the database twice a second, and measures the work there when somebody asks for it.
package final class DatabaseWatch: Sendable {
    /// Whether the last attempt to read the database succeeded.
    package struct State: Sendable {
        /// The reason why it cannot be read; nil if it can.
        package let problem: String?
        package var isReadable: Bool { problem == nil }
    }

    private struct Gauges {
        var value: DatabaseGauges?
        var measured: Instant = .distantPast
        var waiting: [CheckedContinuation<DatabaseGauges?, Never>] = []
        var isMeasuring = false
    }

    private let lastState = Mutex(State(problem: "the database was not read yet"))
    private let gaugesState = Mutex(Gauges())
    private let settings: Settings
    private let keys: KeyRing

    /// The time for which a measurement of the work is reused.
    private static let gaugesLifetime: Duration = .seconds(5)
    private static let keysInterval: Duration = .milliseconds(400)

    package init(_ settings: Settings, keys: KeyRing) {
        self.settings = settings
        self.keys = keys
    }

    package var state: State { lastState.withLock { $0 } }

    /// Reads the keys for the first time.
    /// - Throws: the error of the database, which does not mean that it stays unreachable.
    package func loadKeysOnce() throws(FunctionError) -> LoadKeys.Answer {
        let answer = try Database(settings, applicationName: "postbacks gateway").run(LoadKeys())
        keys.replace(with: answer)
        lastState.withLock { $0 = State(problem: nil) }
        return answer
    }

    /// Starts the thread that reads the keys from now on.
    package func start(_ logger: Logger) throws(SystemError) {
        let isStarted = detachThread { [self] in readKeys(logger) }
        guard isStarted else { throw SystemError(call: "pthread_create", code: 11) }
    }

    private func readKeys(_ logger: Logger) {
        guard let database = try? Database(settings, applicationName: "postbacks gateway keys") else { return }
        while true {
            do throws(FunctionError) {
                keys.replace(with: try database.run(LoadKeys()))
                note(nil, logger)
                let used = keys.takeUsed()
                // A login that may not store the use of keys can still check them.
                if !used.isEmpty { try? database.run(TouchKeys(ids: used)) }
            } catch {
                note(error.message, logger)
            }
            _ = try? wait(for: [], atMost: DatabaseWatch.keysInterval)
        }
    }

    /// Logs a change, not each of many failures.
    private func note(_ problem: String?, _ logger: Logger) {
        let before = lastState.withLock { state in
            defer { state = State(problem: problem) }
            return state.problem
        }
        guard before != problem else { return }
        if let problem {
            logger.warning("the keys cannot be read", metadata: ["reason": "\(problem)"])
        } else {
            logger.info("the keys are read again")
        }
    }

    /// The measured work and the counters; nil if it cannot be read. The answer is up to five seconds old.
    package func gauges() async -> DatabaseGauges? {
        guard state.isReadable else { return nil }
        return await withCheckedContinuation { continuation in
            enum Turn { case known(DatabaseGauges?), wait, measure }
            let turn = gaugesState.withLock { gauges -> Turn in
                if gauges.measured.elapsed < DatabaseWatch.gaugesLifetime { return .known(gauges.value) }
                gauges.waiting.append(continuation)
                defer { gauges.isMeasuring = true }
                return gauges.isMeasuring ? .wait : .measure
            }
            switch turn {
            case .known(let value): continuation.resume(returning: value)
            case .wait: break
            case .measure: if !detachThread({ [self] in finish(try? measure()) }) { finish(nil) }
            }
        }
    }

    private func measure() throws -> DatabaseGauges {
        let database = try Database(settings, applicationName: "postbacks gateway metrics")
        var trip = RoundTrip()
        trip.add(ApplySettings([("statement_timeout", "3000")], forTransaction: true))
        let work = trip.append(MeasureWork())
        let counters = trip.append(ListCounters(limit: DatabaseGauges.counterLimit))
        let answers = try database.run(trip)
        return DatabaseGauges(try answers.answer(work), counters: try answers.answer(counters))
    }

    private func finish(_ value: DatabaseGauges?) {
        let waiting = gaugesState.withLock { gauges in
            defer { gauges.waiting = [] }
            gauges.value = value
            gauges.measured = .now
            gauges.isMeasuring = false
            return gauges.waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }
}
