import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests R12: a fault of the sender uses up no attempt, blocks no destination and pauses no postback. After its repair
/// everything is delivered.
@Suite(.ownThreads) struct OwnFailureTests {
    /// A folder with a `deliverPostback` that runs this shell script while the fault is in force; `$REAL` is the real one.
    private struct Functions {
        let folder: TemporaryFolder

        init(_ script: String) throws {
            folder = try TemporaryFolder()
            let path = "\(folder.path)/deliverPostback"
            try FileSystem.write(
                """
                #!/bin/sh
                REAL='\(Programs.path("deliverPostback"))'
                if [ ! -e "$0.mended" ]; then
                echo x >> "$0.starts"
                \(script)
                fi
                exec "$REAL" "$@"

                """, to: path)
            try FileSystem.setMode(0o755, of: path)
        }

        func mend() throws { try FileSystem.write("", to: "\(folder.path)/deliverPostback.mended") }

        var starts: Int {
            ((try? FileSystem.read("\(folder.path)/deliverPostback.starts", limit: 1 << 20)) ?? []).count / 2
        }
    }

    private static let count = 12

    /// Checks that no attempt is used up, no destination is blocked and no postback is paused.
    private func expectNothingCharged(_ installation: Installation) throws {
        #expect(try installation.count("deliveries") == 0)
        #expect(try installation.value("SELECT max(attempt)::text AS value FROM outbox") == "0")
        #expect(try installation.value("SELECT count(*)::text AS value FROM attempts WHERE NOT probe") == "0")
        #expect(
            try installation.value("SELECT count(*)::text AS value FROM postbacks WHERE paused_at IS NOT NULL") == "0")
        #expect(
            try installation.value(
                "SELECT count(*)::text AS value FROM destinations WHERE failures > 0 OR blocked_until IS NOT NULL")
                == "0")
    }

    @Test(arguments: [
        "exit 127", "read line; exit 1", "kill -9 $$", "echo garbage; read line; echo more; exit 3",
        "head -n 5 > /dev/null; exit 0",
    ])
    func `a delivery process that ends before it answers costs no delivery anything`(script: String) throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record((1...Self.count).map { "t\($0)" })
        let functions = try Functions(script)
        let poller = try RunningPoller(
            installation, ["POSTBACKS_FUNCTIONS": functions.folder.path, "LOG_LEVEL": "info"])
        // With its schedule of 0.1 s all deliveries would be dead by then.
        try waitUntil("it has been tried again", timeoutSeconds: 120) {
            try poller.log.split(separator: "this poller cannot send").count > 2
        }
        try expectNothingCharged(installation)
        try waitUntil("it has ended a few times") { functions.starts > 3 }
        // One line a minute counts later ends.
        #expect(try poller.log.split(separator: "the delivery process ended\"").count == 2)
        try functions.mend()
        let delivered = try installation.wait(for: Self.count, in: "delivered")
        #expect(delivered.allSatisfy { $0.outcomes.last == "delivered" })
        #expect(try poller.log.contains("deliveries can be sent from here again"))
        #expect(functions.starts > 1)
    }

    @Test func `a function of another version, which refuses every line, fails nothing`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t1", "t2"])
        let functions = try Functions(
            #"""
            sed -u -E 's/^\{"id" : "([^"]*)".*/{"id":"\1","error":{"code":"invalid_request","message":"postback.x is not a field here","retryable":false,"details":[]}}/'
            exit
            """#)
        try installation.withPoller(["POSTBACKS_FUNCTIONS": functions.folder.path]) { _ in
            try waitUntil("both have been refused", timeoutSeconds: 120) {
                try installation.value(
                    "SELECT count(*)::text AS value FROM outbox WHERE lease_no > 0 AND lease_until IS NULL") == "2"
            }
            try expectNothingCharged(installation)
        }
    }

    @Test func `too few descriptors charge nothing and block nobody`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(100)))
        let installation = try Installation.sending(to: receiver.url)
        let transactions = (1...80).map { "t\($0)" }
        try installation.record(transactions)
        let functions = try Functions("ulimit -n 16; exec \"$REAL\" \"$@\"")
        try installation.withPoller([
            "POSTBACKS_FUNCTIONS": functions.folder.path, "POSTBACKS_DESTINATION_CONCURRENCY": "64",
        ]) { _ in
            let delivered = try installation.wait(for: transactions.count, in: "delivered")
            let outcomes = Set(delivered.map(\.outcomes))
            #expect(outcomes == [["delivered"]])
            #expect(try installation.value("SELECT max(failures)::text AS value FROM destinations") == "0")
        }
    }

    @Test(arguments: [("other", 9 as UInt8), ("test", 8)])
    func `a key that turns out to be missing, or to be another one of the same id, charges nothing`(
        id: String, byte: UInt8
    ) throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.make()
        // No secret is sealed yet, so the poller starts.
        try installation.withPoller(["POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey(id, byte)]) { poller in
            try waitUntil("it runs") { try poller.log.contains("poller started") }
            try installation.configure()
            try installation.createPostback([
                "url": .string("\(receiver.url)/{transaction_id}"),
                "basicAuth": ["token": "a-token", "scheme": "Bearer"],
            ])
            try installation.record(["t1", "t2"])
            try waitUntil("both have been given back", timeoutSeconds: 120) {
                try installation.value(
                    "SELECT count(*)::text AS value FROM outbox WHERE lease_no > 0 AND lease_until IS NULL") == "2"
            }
            try expectNothingCharged(installation)
        }
        _ = try installation.database.connect().run("UPDATE outbox SET due_at = now()")
        try installation.withPoller { _ in
            _ = try installation.wait(for: 2, in: "delivered")
        }
    }

    @Test func `what needs a key that is missing keeps nothing else waiting`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        // The poller has no key `other`; only the caller that creates the second postback has it.
        try installation.withPoller { poller in
            try waitUntil("it runs") { try poller.log.contains("poller started") }
            try installation.ask("configureOffer", ["offerId": "sealed"])
            let other = Installation(
                database: installation.database,
                environment: ["POSTBACKS_ENCRYPTION_KEY": Installation.encryptionKey("other", 9)])
            try other.ask(
                "createPostback",
                [
                    "offerId": "sealed", "affiliateId": "a", "conversionStatus": "pending", "httpType": "GET",
                    "url": .string("\(receiver.url)/sealed/{transaction_id}"),
                    "basicAuth": ["token": "a-token", "scheme": "Bearer"],
                ])
            // More in a row than the number at which the poller would assume a fault of the whole process.
            _ = try installation.ask(
                "recordConversion",
                all: (1...100).map {
                    ["offerId": "sealed", "affiliateId": "a", "transactionId": .string("s\($0)")] as JSON
                })
            try installation.record(["t1", "t2"])
            try installation.wait(for: 2, in: "delivered")
            try waitUntil("the others have been given back", timeoutSeconds: 120) {
                try installation.value(
                    "SELECT count(*)::text AS value FROM outbox WHERE lease_no > 0 AND lease_until IS NULL") == "100"
            }
            let log = try poller.log
            #expect(!log.contains("this poller cannot send"))
            #expect(
                log.split(separator: "deliveries that need a missing key cannot be sent from here and wait").count == 2)
            try waitUntil("the heartbeat says so", timeoutSeconds: 120) {
                try installation.value("SELECT problem AS value FROM pollers")?.contains("no key with the id other")
                    == true
            }
        }
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root has mount namespaces"),
        arguments: [("mount -t tmpfs none /etc/ssl", true), ("mount --bind /dev/null /etc/resolv.conf", false)])
    func `without certificates to trust, or without a resolver, nothing is charged`(mount: String, isTLS: Bool) throws {
        let receiver = try RunningReceiver()
        let secure = receiver.url.replacing("http:", with: "https:")
        let installation = try Installation.sending(to: isTLS ? secure : "http://t.example")
        try installation.record(["t1"])
        let functions = try Functions("exec unshare -m sh -c '\(mount); exec \"$0\" \"$@\"' \"$REAL\" \"$@\"")
        try installation.withPoller(["POSTBACKS_FUNCTIONS": functions.folder.path]) { _ in
            try waitUntil("it has been given back", timeoutSeconds: 120) {
                try installation.value(
                    "SELECT count(*)::text AS value FROM outbox WHERE lease_no > 0 AND lease_until IS NULL") == "1"
            }
            try expectNothingCharged(installation)
        }
    }

    @Test(arguments: [
        ("POSTBACKS_CONNECT_TIMEOUT", "5s"), ("POSTBACKS_TIMEOUT", "abc"), ("POSTBACKS_ALLOW_CIDRS", "abc"),
        ("POSTBACKS_PROXY", "abc"), ("POSTBACKS_CA_FILE", "/nonexistent"), ("POSTBACKS_RETRY_SCHEDULE", "1;2"),
    ])
    func `a wrong setting of the delivery function ends the poller before it claims anything`(
        name: String, value: String
    ) throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:9")
        try installation.record(["t1"])
        let poller = try RunningPoller(installation, [name: value])
        #expect(try poller.waitForEnd() == .exited(78))
        #expect(try poller.log.contains(name))
        #expect(try installation.value("SELECT max(lease_no)::text AS value FROM outbox") == "0")
    }
}
