import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Processes that are killed, leases that expire, and a database that restarts. No owed delivery is lost.
@Suite(.ownThreads) struct InterruptionTests {
    private let five = (1...5).map { "t\($0)" }
    /// Times that are long enough for a busy machine.
    private let patience = ["POSTBACKS_TIMEOUT": "30", "POSTBACKS_LEASE": "60"]

    @Test
    func
        `a delivery process that is killed in the middle is replaced, and what it had is recorded as unknown and sent again`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, patience)
        try installation.record(five)
        // A destination that has never answered gets two requests at a time.
        try waitUntil("two requests") { receiver.requests.count >= 2 }
        let process = try #require(poller.deliveryProcess)
        Signals.send(SIGKILL, to: process)
        receiver.behave(ReceiverBehaviour())
        let deliveries = try installation.wait(for: 5, in: "delivered")
        #expect(deliveries.contains { $0.outcomes == ["unknown", "delivered"] })
        #expect(deliveries.allSatisfy { $0.outcomes.last == "delivered" })
        #expect(poller.deliveryProcess != process)
        #expect(try poller.log.contains("the delivery process ended"))
    }

    @Test func `a delivery process that ends while there is nothing to do is replaced`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation)
        for round in 1...3 {
            try waitUntil("a delivery process") { poller.deliveryProcess != nil }
            Signals.send(SIGKILL, to: try #require(poller.deliveryProcess))
            try installation.record(["t\(round)"])
            try installation.wait(for: round, in: "delivered")
        }
    }

    @Test func `SIGTERM: what is in flight is finished and stored, nothing else is begun, and the poller exits 0`()
        throws
    {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(1000)))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["POSTBACKS_DESTINATION_CONCURRENCY": "5"])
        try installation.record((1...60).map { "t\($0)" })
        try waitUntil("five requests") { receiver.requests.count >= 5 }
        poller.send(SIGTERM)
        #expect(try poller.waitForEnd() == .exited(0))
        let deliveries = try installation.deliveries()
        #expect(deliveries.filter { $0["state"] == "delivered" }.count == receiver.requests.count)
        #expect(
            deliveries.filter { $0["state"] == "owed" && $0["attempts"] == [] }.count == 60 - receiver.requests.count)
        #expect(deliveries.count == 60)
        #expect(receiver.requests.count < 60)
        receiver.behave(ReceiverBehaviour())
        try installation.withPoller { _ in
            try installation.wait(for: 60, in: "delivered")
            #expect(receiver.requests.count == 60)
        }
    }

    @Test
    func
        `a poller that is killed leaves its leases; another one takes them when they have run out, as unknown attempts`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation)
        receiver.behave(ReceiverBehaviour(manner: .silence))
        // A destination that has not answered yet gets two requests at once.
        try installation.record(["t1", "t2"])
        try waitUntil("two requests") { receiver.requests.count == 2 }
        poller.send(SIGKILL)
        #expect(try poller.waitForEnd() == .signaled(SIGKILL))
        #expect(try installation.deliveries().allSatisfy { $0["state"] == "in_flight" })
        receiver.behave(ReceiverBehaviour())
        try installation.withPoller { _ in
            let deliveries = try installation.wait(for: 2, in: "delivered")
            #expect(deliveries.allSatisfy { $0.outcomes == ["unknown", "delivered"] })
            #expect(deliveries.allSatisfy { $0.at("attempts.0.error.code") == "lost" })
        }
    }

    @Test func `fencing: a late answer of a lost lease changes nothing, and the delivery is sent again`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(5000)))
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, patience)
        try installation.record(["t"])
        try waitUntil("a request") { receiver.requests.count == 1 }
        // This imitates another poller that has taken over an expired lease.
        let connection = try installation.database.connect()
        _ = try connection.run("UPDATE outbox SET lease_no = lease_no + 1, lease_until = now() + interval '8 seconds'")
        try waitUntil("the late answer") { try poller.log.contains("late answers of lost leases were ignored") }
        #expect(try installation.count("deliveries") == 0)
        #expect(try installation.count("attempts") == 0)
        #expect(try installation.value("SELECT lease_no || '/' || attempt AS value FROM outbox") == "2/0")
        receiver.behave(ReceiverBehaviour())
        #expect(try installation.wait(in: "delivered")[0].outcomes == ["unknown", "delivered"])
    }

    @Test func `two pollers on one database send each delivery once`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPollers(2, patience) {
            for batch in 0..<4 { try installation.record((0..<100).map { "t\(batch)-\($0)" }) }
            try installation.wait(for: 400, in: "delivered")
            #expect(Set(receiver.requests.compactMap { $0.header("Postback-Delivery-Id") }).count == 400)
            #expect(receiver.requests.count == 400)
        }
    }

    @Test
    func
        `a database that crashes and comes back: what was owed is delivered, and what was answered meanwhile is stored`()
        throws
    {
        let folder = try TemporaryFolder()
        let server = EmbeddedServer(home: folder.path, settings: ["fsync": "off"], diesWithParent: false)
        defer { server.stopImmediately() }
        try server.start()
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(1000)))
        let database = TestDatabase(connectionString: server.connectionString)
        let installation = try Installation.sending(to: receiver.url, database: database)
        let poller = try RunningPoller(installation, patience)
        try installation.record(five)
        try waitUntil("five requests") { receiver.requests.count >= 5 }
        server.stopImmediately()
        try waitUntil("the poller notices") { try poller.log.contains("no connection to the database") }
        try server.start()
        let deliveries = try installation.wait(for: 5, in: "delivered")
        // The answers waited for the database, so nothing was sent twice.
        #expect(deliveries.allSatisfy { $0.outcomes == ["delivered"] })
        #expect(receiver.requests.count == 5)
        try installation.record(["later"])
        try installation.wait(for: 6, in: "delivered")
    }

    @Test func `a lease that does not exceed the time-out by 10 seconds is misconfigured`() throws {
        let installation = try Installation.make()
        let poller = try RunningPoller(installation, ["POSTBACKS_LEASE": "11"])
        #expect(try poller.waitForEnd() == .exited(78))
        #expect(try poller.log.contains("POSTBACKS_LEASE"))
    }
}
