import Glibc
import JSON
import Postgres
import Receiver
import Secrets
import System
import TestSupport
import TestThreads
import Testing

/// `postbacks rekey` beside others that read and change the same postbacks, and killed in the middle.
@Suite(.ownThreads) struct RotationRaceTests: Rotating {
    @Test func `one that is killed in the middle has lost nothing, and the next one goes on`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        let inputs = (1...210).map { postback($0, "http://127.0.0.1:1") }
        #expect(try installation.ask("createPostback", all: inputs).allSatisfy { $0["error"] == nil })
        // The first batch goes through, the second one waits for this row.
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks WHERE id = 205 FOR UPDATE")
        let both = keys(Self.new, Self.old)
        let rekey = try ChildProcess(
            Programs.path("postbacks"), ["rekey"],
            environment: Programs.environment(installation.environment.merging(both) { $1 }), output: .null)
        let watcher = try installation.database.connect()
        func sealedAnew() throws -> Int {
            try watcher.run("SELECT count(*) AS count FROM postbacks WHERE signing_secret::text LIKE '%v2.new.%'")
                .first?.integer("count") ?? 0
        }
        try waitUntil("the first batch") { try sealedAnew() == 200 }
        rekey.terminate(SIGKILL)
        #expect(try rekey.wait() == .signaled(SIGKILL))
        _ = try holder.run("COMMIT")
        let outcome = try self.rekey(installation, both)
        #expect(outcome.status == .exited(0), "\(outcome.text)")
        #expect(outcome.text.contains("the key old is not used any more"))
        #expect(try sealedAnew() == 210)
        let alone = try Installation.make(on: installation.database, keys(Self.new))
        #expect(try alone.ask("createPostback", inputs[204])["duplicate"] == true)
    }

    @Test func `an update that read a postback before it was sealed anew does not bring the old seal back`()
        throws
    {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        try installation.ask("createPostback", postback(1, "http://127.0.0.1:1"))
        let both = try Installation.make(on: installation.database, keys(Self.new, Self.old))
        // Holds the row, so that the update has read it and waits.
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks WHERE id = 1 FOR UPDATE")
        let update = try ChildProcess(
            Programs.path("updatePostback"), environment: Programs.environment(both.environment), input: .pipe,
            output: .null)
        try update.input?.writeAll(Array(#"{"postbackId":1,"requestParams":{"n":2}}"#.utf8))
        update.input = nil
        try installation.database.waitForLock(of: "updatePostback")
        // What rekey would store, in the transaction that the update waits for.
        let keys = try EncryptionKeys(parsing: "\(Self.new),\(Self.old)")
        let stored = try holder.run("SELECT basic_auth ->> 'token' AS token FROM postbacks").first?.text("token") ?? ""
        let token = try JSON(parsing: Array(stored.utf8))["sealed"]?.text ?? ""
        let context = SealContext(
            "postback", id: 1, field: "basicAuth.token", origin: "http://127.0.0.1:1")
        let resealed = try #require(try keys.reseal(token, for: context))
        _ = try holder.run(
            "UPDATE postbacks SET basic_auth = replace(basic_auth::text, \(token), \(resealed))::json WHERE id = 1")
        _ = try holder.run("COMMIT")
        #expect(try update.wait() == .exited(0))
        #expect(try both.ask("listPostbacks", [:]).at("postbacks.0.requestParams.n") == 2)
        let now = try sealed(installation)
        #expect(now.contains(resealed) && !now.contains(token))
    }

    @Test func `an update that comes between reading and sealing anew is not overwritten`() throws {
        let installation = try Installation.sending(to: "http://127.0.0.1:1", on: [], environment: keys(Self.old))
        try installation.ask("createPostback", postback(1, "http://127.0.0.1:1"))
        let holder = try installation.database.connect()
        _ = try holder.run("BEGIN")
        _ = try holder.run("SELECT FROM postbacks WHERE id = 1 FOR UPDATE")
        let rekey = try ChildProcess(
            Programs.path("postbacks"), ["rekey"],
            environment: Programs.environment(installation.environment.merging(keys(Self.new, Self.old)) { $1 }),
            output: .null)
        try installation.database.waitForLock(of: "postbacks rekey")
        // Another token, sealed with the old key.
        let context = SealContext(
            "postback", id: 1, field: "basicAuth.token", origin: "http://127.0.0.1:1")
        let other = try EncryptionKeys(parsing: Self.old).seal(Secret("another"), for: context)
        let auth: JSON = ["token": ["sealed": .string(other)], "scheme": "Bearer"]
        _ = try holder.run("UPDATE postbacks SET basic_auth = \(auth.encodedText)::json WHERE id = 1")
        _ = try holder.run("COMMIT")
        #expect(try rekey.wait() == .exited(0))
        let stored = try installation.value("SELECT basic_auth -> 'token' ->> 'sealed' AS value FROM postbacks") ?? ""
        #expect(stored.hasPrefix("v2.new."))
        #expect(try EncryptionKeys(parsing: Self.new).open(stored, for: context) == Secret("another"))
    }

    @Test func `it waits for what was claimed with the old seals`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let installation = try Installation.sending(to: receiver.url, on: [], environment: keys(Self.old, Self.new))
        try installation.ask("createPostback", postback(1, receiver.url))
        try installation.withPoller(["POSTBACKS_TIMEOUT": "5", "POSTBACKS_LEASE": "20"]) { _ in
            try installation.record(["t1"])
            try receiver.wait(until: 1)
            let outcome = try rekey(installation, keys(Self.new, Self.old))
            #expect(outcome.status == .exited(0), "\(outcome.text)")
            #expect(outcome.errorText.contains("waiting for 1 deliveries in flight"))
            #expect(try installation.count("attempts") >= 1)
        }
    }
}
