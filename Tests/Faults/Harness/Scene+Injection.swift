import EmbeddedPostgres
import Glibc
import POSIX
import Postgres
import Receiver
import TestSupport

/// What several faults do to the scene, with what each allows.
extension Scene {
    /// Kills a poller as if its machine had lost power, and starts another one in its place, as a supervisor would.
    func killPoller(_ number: Int = 0) throws {
        allowRepeats()
        pollers[number].send(SIGKILL)
        try pollers[number].waitForEnd()
        pollers[number] = try makePoller()
    }

    /// Kills a poller's delivery process; the poller starts another one.
    func killDeliveryProcess(_ number: Int = 0) {
        guard let process = pollers[number].deliveryProcess else { return }
        allowRepeats()
        Signals.send(SIGKILL, to: process)
    }

    /// Kills PostgreSQL without a word and starts it again after a while.
    func killServer(awayFor seconds: Double) throws {
        if let process = server.processID { Signals.send(SIGKILL, to: process) }
        try waitUntil("the server is gone") { !server.isRunning }
        pause(seconds)
        try server.start()
    }

    /// Healthy destinations answer, but not at once: there is always something in flight.
    func slowDown(milliseconds: Int) throws {
        for case let destination as PlainDestination in destinations {
            destination.behave(ReceiverBehaviour(delayMilliseconds: milliseconds))
        }
    }

    /// Late answers of lost leases that the pollers have counted.
    var fencedAnswers: Int {
        pollerLog.split(separator: "\n").filter { $0.contains("late answers of lost leases changed nothing") }.count
    }

    /// One number of the database.
    func count(_ query: Query) throws -> Int { try connect().run(query).first?.integer("value") ?? 0 }
}
