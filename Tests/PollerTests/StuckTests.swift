import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests a delivery process or a database that runs and does not work.
@Suite(.ownThreads) struct StuckTests {
    /// A folder with a `deliverPostback` that is this shell script; `$REAL` is the real one.
    private func functions(_ script: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/deliverPostback"
        try FileSystem.write("#!/bin/sh\nREAL='\(Programs.path("deliverPostback"))'\n\(script)\n", to: path)
        try FileSystem.setMode(0o755, of: path)
        return folder
    }

    private func ends(in log: String) -> Int { log.split(separator: "the delivery process ended\"").count - 1 }

    @Test func `a delivery process that stops reading is replaced once; what it was never given is not charged`() throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url + "/" + String(repeating: "x", count: 4000))
        let transactions = (1...100).map { "t\($0)" }
        try installation.record(transactions)
        let folder = try functions("mkdir \"$0.first\" 2>/dev/null && exec sleep 1000; exec \"$REAL\" \"$@\"")
        let poller = try RunningPoller(
            installation,
            [
                "POSTBACKS_FUNCTIONS": folder.path, "POSTBACKS_TIMEOUT": "1", "POSTBACKS_LEASE": "11",
                "POSTBACKS_DESTINATION_CONCURRENCY": "100", "POSTBACKS_CONCURRENCY": "800",
            ])
        let deliveries = try installation.wait(for: transactions.count, in: "delivered")
        #expect(ends(in: try poller.log) == 1)
        // A pipe has a buffer of 64 KiB, and a line is longer than 4 KiB; 32 lines are started at once.
        #expect(deliveries.filter { $0.outcomes == ["delivered"] }.count >= 36)
        #expect(deliveries.allSatisfy { $0.outcomes.count <= 2 })
    }

    @Test func `a delivery process that closes its input and lives on is replaced`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let folder = try functions(
            "mkdir \"$0.first\" 2>/dev/null && { exec <&-; exec sleep 1000; }; exec \"$REAL\" \"$@\"")
        try installation.withPoller(["POSTBACKS_FUNCTIONS": folder.path, "POSTBACKS_LEASE": "600"]) { _ in
            try waitUntil("the first one") { FileSystem.kind(of: "\(folder.path)/deliverPostback.first") != nil }
            _ = try wait(for: [], atMost: .milliseconds(200))
            try installation.record(["t"])
            try waitUntil("it is delivered") { try installation.count("deliveries") == 1 }
        }
    }

    @Test func `a delivery process is gone when it has been ended, although a child of its keeps its output open`()
        throws
    {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        // One child in the same process group, and one in another.
        for leave in ["", "setsid "] {
            let transaction = "t\(leave)"
            let folder = try functions(
                """
                mkdir "$0.first" 2>/dev/null && { \(leave)sleep 60 & echo $! > "$0.child"; exec sleep 1000; }
                exec "$REAL" "$@"
                """)
            try installation.record([transaction])
            let poller = try RunningPoller(
                installation,
                ["POSTBACKS_FUNCTIONS": folder.path, "POSTBACKS_TIMEOUT": "1", "POSTBACKS_LEASE": "11"])
            try installation.wait(for: leave.isEmpty ? 1 : 2, in: "delivered")
            #expect(try poller.log.split(separator: "no answer within the lease").count - 1 == 1)
            #expect(ends(in: try poller.log) == 1)
            let child = String(decoding: try FileSystem.read("\(folder.path)/deliverPostback.child"), as: UTF8.self)
            if let child = CInt(child.prefix { $0.isNumber }) { Signals.send(9, to: child) }
        }
    }

    @Test func `an answer of which the database cannot take the details still counts`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:9")
        let folder = try functions(
            #"""
            while read -r line; do
                id=${line#*'"id" : "'}
                printf '{"id":"%s","output":{"outcome":"delivered","timing":{"totalMs":"x"}}}\n' "${id%%'"'*}"
            done
            """#)
        try installation.record(["t1", "t2", "t3"])
        try installation.withPoller(["POSTBACKS_FUNCTIONS": folder.path]) { _ in
            let deliveries = try installation.wait(for: 3, in: "delivered")
            #expect(deliveries.allSatisfy { $0.outcomes == ["delivered"] })
        }
    }

    @Test func `a database that refuses every write is asked now and then, and used when it takes them again`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t"])
        let connection = try installation.database.connect()
        let name = try connection.run("SELECT current_database() AS value").first?.text("value") ?? ""
        _ = try connection.run("ALTER DATABASE \(identifier: name) SET default_transaction_read_only = on")
        let poller = try RunningPoller(installation)
        try waitUntil("it is refused") { try poller.log.contains("25006") }
        _ = try wait(for: [], atMost: .milliseconds(2000))
        #expect(try poller.log.split(separator: "\n").count < 100)
        _ = try connection.run("ALTER DATABASE \(identifier: name) SET default_transaction_read_only = off")
        try installation.wait(in: "delivered")
    }

    @Test func `what is owed to a paused postback is not sent, also if nobody has held it when it was paused`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t"])
        let connection = try installation.database.connect()
        _ = try connection.run("UPDATE postbacks SET paused_at = now(), paused_reason = 'test'")
        let poller = try RunningPoller(installation)
        try waitUntil("a delivery process") { poller.deliveryProcess != nil }
        _ = try wait(for: [], atMost: .milliseconds(2000))
        #expect(receiver.requests.isEmpty)
        #expect(try installation.value("SELECT lease_no::text AS value FROM outbox") == "0")
    }

    @Test func `a poller whose starter ignored the end of children still replaces its delivery process`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let poller = try RunningPoller(installation, ["POSTBACKS_LEASE": "600"], shell: "trap '' CHLD")
        try waitUntil("a delivery process") { poller.deliveryProcess != nil }
        Signals.send(9, to: try #require(poller.deliveryProcess))
        try installation.record(["t"])
        try waitUntil("it is delivered") { try installation.count("deliveries") == 1 }
    }
}
