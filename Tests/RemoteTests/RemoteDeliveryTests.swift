import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests a poller whose deliverPostback runs on a platform.
@Suite(.ownThreads) struct RemoteDeliveryTests {
    /// The variables of a poller that has no key and calls these platforms.
    private func invoking(_ platforms: Platform..., adding: [String: String] = [:]) -> [String: String] {
        let urls = platforms.map(\.url).joined(separator: ",")
        return ["POSTBACKS_INVOKE": urls, "POSTBACKS_ENCRYPTION_KEY": ""].merging(adding) { $1 }
    }

    private func count(_ query: Query, _ installation: Installation) throws -> Int {
        try installation.database.connect().run(query).first?.integer("value") ?? -1
    }

    @Test func `two platforms share the calls, and only they have the key`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(20)))
        let installation = try Installation.make()
        try installation.configure(postbacks: [
            ["url": .string("\(receiver.url)/?s={status}"), "basicAuth": ["token": "secret", "scheme": "Bearer"]]
        ])
        let (one, two) = (try Platform(installation.environment), try Platform(installation.environment))
        let total = 200
        try installation.record((1...total).map { "t\($0)" })
        try installation.withPoller(
            invoking(one, two, adding: ["POSTBACKS_INVOKE_AUTHORIZATION": "Bearer platform"])
        ) { poller in
            try installation.wait(for: total, in: "delivered")
            #expect(poller.deliveryProcess == nil)
        }
        #expect(receiver.requests.count == total)
        #expect(receiver.requests.allSatisfy { $0.header("Authorization") == "Bearer secret" })
        let calls = [try one.calls, try two.calls]
        #expect(calls.allSatisfy { $0.count > total / 4 }, "\(calls.map(\.count))")
        let first = try #require(calls[0].first)
        #expect(first["line"] == "POST /function/deliverpostback HTTP/1.1")
        #expect(first.at("headers.authorization") == "Bearer platform")
        #expect(first.at("headers.content-type") == "application/json")
        #expect(try !calls[0].contains { try JSON(parsing: Array(($0["body"]?.text ?? "").utf8))["deliveryId"] == nil })
        #expect(try count("SELECT count(*) AS value FROM attempts WHERE outcome <> 'delivered'", installation) == 0)
    }

    @Test func `a platform that is killed in full flight loses nothing, and costs no attempt`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(500)))
        let installation = try Installation.sending(to: receiver.url)
        let (one, two) = (try Platform(installation.environment), try Platform(installation.environment))
        let total = 400
        try installation.record((1...total).map { "t\($0)" })
        let settings = invoking(
            one, two, adding: ["POSTBACKS_DESTINATION_CONCURRENCY": "64", "POSTBACKS_RETRY_SCHEDULE": "0.1"])
        let poller = try RunningPoller(installation, settings)
        try waitUntil("requests are in flight") { receiver.requests.count >= 50 }
        one.kill()
        try installation.wait(for: total, in: "delivered")
        withExtendedLifetime(poller) {}
        #expect(Set(receiver.requests.compactMap { $0.header("Postback-Delivery-Id") }).count == total)
        #expect(receiver.requests.count < total + 64)
        // Everything took one attempt, although two would have been the last.
        #expect(try count("SELECT count(*) AS value FROM deliveries WHERE attempts <> 1", installation) == 0)
        #expect(receiver.requests.allSatisfy { $0.header("Postback-Attempt") == "1" })
        let unknown = try count(
            "SELECT count(*) AS value FROM attempts WHERE outcome = 'unknown' AND probe", installation)
        #expect(unknown > 0, "nothing was in flight when the platform was killed")
        // The ledger's rule: what a receiver saw has an attempt.
        #expect(try installation.count("attempts") == total + unknown)
        #expect(receiver.requests.count <= total + unknown)
    }

    @Test(arguments: [
        ("429", "429", false), ("503", "503", false), ("502", "502", true), ("504", "504", true), ("500", "500", true),
        ("run 502", "502", true), ("404", "404", false), ("garbage", "not_ours", true), ("other", "not_ours", true),
        ("close", "connect", true),
    ])
    func `a failure of the platform is the platform's: no attempt, no block, no pause, and it comes back`(
        mode: String, reason: String, mayHaveBeenSent: Bool
    ) throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let platform = try Platform(installation.environment)
        try platform.become(mode)
        try installation.record(["t"])
        try installation.withPoller(invoking(platform, adding: ["POSTBACKS_RETRY_SCHEDULE": "0"])) { poller in
            // A wrong URL or authorization needs an operator, and is tried again later than what passes.
            let calls = mode == "404" ? 1 : 3
            try waitUntil("\(calls) calls") { try platform.calls.count >= calls }
            try waitUntil("the platform is named") {
                try poller.log.contains("the platform that runs deliverPostback fails")
            }
            try waitUntil("the lease is given back") {
                try count("SELECT count(*) AS value FROM outbox WHERE lease_until IS NULL", installation) == 1
            }
            #expect(try count("SELECT attempt AS value FROM outbox", installation) == 0)
            #expect(try count("SELECT failures AS value FROM destinations", installation) == 0)
            let isUnknown = try count(
                "SELECT count(*) AS value FROM attempts WHERE outcome = 'unknown' AND probe", installation)
            #expect((isUnknown > 0) == mayHaveBeenSent)
            try platform.become("run")
            _ = try installation.database.connect().run("UPDATE outbox SET due_at = now() WHERE lease_until IS NULL")
            try installation.wait(for: 1, in: "delivered")
        }
        #expect(try count("SELECT attempts AS value FROM deliveries", installation) == 1)
        #expect(receiver.requests.allSatisfy { $0.header("Postback-Attempt") == "1" })
        let counted = try installation.value(
            """
            SELECT string_agg(labels, ',') AS value FROM counters
            WHERE name = 'platform_failures_total'
            """)
        #expect(counted == "reason=\"\(reason)\"")
    }

    @Test func `a platform where nobody listens is named, the poller rests, and goes on when it is there`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let platform = try Platform(installation.environment)
        let (url, listener) = try (platform.url, TCPListener(backlog: nil))
        try installation.record((1...30).map { "t\($0)" })
        let nobody = "http://127.0.0.1:\(listener.port)/"
        try installation.withPoller(["POSTBACKS_INVOKE": nobody, "POSTBACKS_RETRY_SCHEDULE": "0"]) { poller in
            try waitUntil("the poller rests") {
                try poller.log.contains("this poller cannot send and claims nothing for a while")
            }
            #expect(try count("SELECT sum(attempt) AS value FROM outbox", installation) == 0)
            #expect(try installation.count("attempts") == 0)
        }
        // With a second URL that works, the first one costs nothing.
        try installation.withPoller(["POSTBACKS_INVOKE": "\(nobody),\(url)"]) { _ in
            _ = try installation.database.connect().run("UPDATE outbox SET due_at = now()")
            try installation.wait(for: 30, in: "delivered")
        }
        #expect(try count("SELECT count(*) AS value FROM deliveries WHERE attempts <> 1", installation) == 0)
    }

    @Test func `an attempt that fails is the receiver's, wherever it was made`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 200]))
        let installation = try Installation.sending(to: receiver.url)
        let platform = try Platform(installation.environment.merging(["POSTBACKS_RETRY_SCHEDULE": "0.1"]) { $1 })
        try installation.record(["t"])
        try installation.withPoller(invoking(platform)) { _ in _ = try installation.wait(for: 1, in: "delivered") }
        #expect(try installation.deliveries()[0].outcomes == ["retry", "delivered"])
    }

    @Test func `a command names the platform, and what is wrong is refused before anything is claimed`() throws {
        let receiver = try RunningReceiver()
        let installation = try Installation.sending(to: receiver.url)
        let platform = try Platform(installation.environment)
        func poll(_ arguments: [String], _ settings: [String: String] = [:]) throws -> ChildProcess.Outcome {
            try Programs.run(
                "postbacks", ["poll"] + arguments, environment: installation.environment.merging(settings) { $1 })
        }
        for (url, words) in [
            ("ftp://one/", "POSTBACKS_INVOKE must be absolute and begin with http:// or https://"),
            ("http://one/ http://two/", "POSTBACKS_INVOKE must be http or https URLs, separated by commas"),
        ] {
            let outcome = try poll(["--invoke", url])
            #expect(outcome.status == .exited(78) && outcome.errorText.contains(words), "\(outcome.errorText)")
        }
        let alone = try poll([], ["POSTBACKS_INVOKE_AUTHORIZATION": "Bearer x"])
        #expect(alone.status == .exited(78) && alone.errorText.contains("but POSTBACKS_INVOKE is not"))
        let missing = try poll(["--invoke", platform.url], ["POSTBACKS_FUNCTIONS": "/"])
        #expect(missing.status == .exited(78), "\(missing.errorText)")

        try installation.record(["t"])
        let poller = try ChildProcess(
            Programs.path("postbacks"), ["poll", "--invoke", platform.url],
            environment: Programs.environment(installation.environment), output: .null, errorOutput: .null)
        defer {
            poller.terminate()
            _ = try? poller.wait()
        }
        try installation.wait(for: 1, in: "delivered")
        #expect(try platform.calls.count == 1)
    }

    @Test func `doctor tries the platform and not this machine`() throws {
        let installation = try Installation.make()
        let platform = try Platform(installation.environment)
        let good = try DoctorReport(installation, ["POSTBACKS_INVOKE": platform.url, "POSTBACKS_ENCRYPTION_KEY": ""])
        #expect(good.message("sending") == "deliverPostback answers on its platform", "\(good.text)")
        #expect(good.message("encryption key").contains("none here"))
        try platform.become("404")
        let bad = try DoctorReport(installation, ["POSTBACKS_INVOKE": platform.url])
        #expect(bad.states("sending") == ["wrong"])
        #expect(bad.message("sending") == "the platform answered 404")
    }
}
