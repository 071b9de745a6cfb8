import EmbeddedPostgres
import Glibc
import Postgres
import Receiver
import System
import TestSupport

/// Actions that several faults share; they also allow the repeats that they cause.
extension Scene {
    /// Kills a poller as a power failure would, and starts another one, as a supervisor would.
    func killPoller(_ number: Int = 0) throws {
        allowRepeats()
        pollers[number].send(SIGKILL)
        try pollers[number].waitForEnd()
        pollers[number] = try makePoller()
    }

    /// Kills all pollers and starts no others.
    func killPollers() {
        for poller in pollers {
            poller.send(SIGKILL)
            _ = try? poller.waitForEnd()
        }
        pollers = []
    }

    /// Kills a poller's delivery process; the poller starts another one.
    func killDeliveryProcess(_ number: Int = 0) {
        guard let process = pollers[number].deliveryProcess else { return }
        allowRepeats()
        Signals.send(SIGKILL, to: process)
    }

    /// Kills PostgreSQL with SIGKILL and starts it again after a while.
    func killServer(awayFor seconds: Double) throws {
        if let process = server.processID { Signals.send(SIGKILL, to: process) }
        try waitUntil("the server is gone") { !server.isRunning }
        pause(seconds)
        try server.start()
    }

    /// Makes healthy destinations answer with a delay, so that something is always in flight.
    func slowDown(milliseconds: Int, status: Int = 200) throws {
        for case let destination as PlainDestination in destinations {
            destination.behave(ReceiverBehaviour(statuses: [status], delayMilliseconds: milliseconds))
        }
    }

    /// The number of attempts with an unknown outcome.
    func unknownAttempts() throws -> Int {
        try count("SELECT count(*) AS value FROM attempts WHERE outcome = 'unknown'")
    }

    /// The number of log lines in which the pollers report late answers of lost leases.
    var fencedAnswers: Int {
        pollerLog.split(separator: "\n").filter { $0.contains("late answers of lost leases changed nothing") }.count
    }

    /// Returns the column `value` of the first row; 0 if there is none.
    func count(_ query: Query) throws -> Int { try connect().run(query).first?.integer("value") ?? 0 }
}
