import Glibc
import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that `postbacks up --watch` builds what changes and lets it take over in full flight.
@Suite(.ownThreads) struct WatchTests {
    private static let patience = ["POSTBACKS_TIMEOUT": "60", "POSTBACKS_LEASE": "90", "LOG_LEVEL": "info"]

    /// How many lines the replaced process had in hand, for each time that a program took over.
    private func handOvers(_ log: String) -> [Int] {
        log.split(separator: "\n").filter { $0.contains("the delivery function was replaced") }.compactMap { line in
            (try? JSON(parsing: Array(line.utf8)))?["finishing"]?.text.flatMap { Int($0) }
        }
    }

    @Test func `functions that are built anew under load take over; nothing is lost, and nothing is sent twice`() throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(1000)))
        let installation = try Installation.sending(to: receiver.url)
        let checkout = try WatchedCheckout()
        try checkout.start(installation.environment.merging(Self.patience) { $1 })
        var owed = 0
        var version = 1
        // Until a program was replaced while it had lines in hand, at least four times.
        while try version < 5 || handOvers(checkout.log).allSatisfy({ $0 == 0 }) {
            try #require(version < 25)
            try installation.record((0..<40).map { "t\(version)-\($0)" })
            owed += 40
            try waitUntil("requests are in flight") { receiver.requests.count > owed - 40 }
            version += 1
            try checkout.write("\(version)")
            try waitUntil("version \(version) runs") { try checkout.started.last == "\(version)" }
        }
        let deliveries = try installation.wait(for: owed, in: "delivered")
        #expect(deliveries.count == owed && deliveries.allSatisfy { $0.outcomes == ["delivered"] })
        #expect(receiver.requests.count == owed)
        #expect(Set(receiver.requests.compactMap { $0.header("Postback-Delivery-Id") }).count == owed)
        #expect(try checkout.started == (1...version).map { "\($0)" })
        #expect(checkout.end() == .exited(0))
        #expect(!(try checkout.log.contains("the delivery process ended")))
        try waitUntil("everything has ended") { !checkout.isAlive }
    }

    @Test func `a build that fails is shown, and what runs goes on; so it does if the new program does not start`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let checkout = try WatchedCheckout()
        try checkout.start(installation.environment.merging(Self.patience) { $1 })
        try checkout.write("broken")
        try waitUntil("the error") { try checkout.log.contains("cannot find 'broken' in scope") }
        try waitUntil("the build has ended") { try checkout.log.contains("the build failed; what runs goes on") }
        try installation.record(["t1"])
        try installation.wait(in: "delivered")
        try checkout.write("unstartable")
        try waitUntil("it does not start") { try checkout.log.contains("the new delivery function cannot be started") }
        try installation.record(["t2"])
        try installation.wait(for: 2, in: "delivered")
        #expect(try checkout.started == ["1"])
        try checkout.write("2")
        try waitUntil("version 2 runs") { try checkout.started == ["1", "2"] }
        // Nothing is left of one that is killed.
        checkout.end(by: SIGKILL)
        try waitUntil("everything has ended") { !checkout.isAlive }
    }

    @Test func `where functions cannot be built, --watch says what is missing and starts nothing`() throws {
        let checkout = try WatchedCheckout()
        let folder = try TemporaryFolder()
        let elsewhere = "\(folder.path)/postbacks"
        try #require(
            try ChildProcess.run("/bin/cp", [Programs.path("postbacks"), elsewhere]).status == .exited(0))
        for (variables, program, message) in [
            ([:], elsewhere, "no checkout of the project has built \(elsewhere)"),
            (["PATH": folder.path], nil, "there is no swift in PATH"),
            (["POSTBACKS_FUNCTIONS": folder.path], nil, "unset POSTBACKS_FUNCTIONS"),
        ] as [([String: String], String?, String)] {
            let outcome = try checkout.refusal(variables, program: program)
            #expect(outcome.status == .exited(78) && outcome.errorText.contains(message), "\(outcome.errorText)")
        }
        #expect(!checkout.isAlive)
    }
}
