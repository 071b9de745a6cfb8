import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing
import Text

/// Tests the alerts of real pollers at a real receiver.
@Suite(.ownThreads) struct AlertTests {
    private static let secret = "whsec_\(Base64.encode(Array("canary: the operator's own secret".utf8)))"

    private func settings(_ receiver: RunningReceiver, _ more: [String: String] = [:]) -> [String: String] {
        settings(receiver.url, more)
    }

    private func settings(_ url: String, _ more: [String: String] = [:]) -> [String: String] {
        ["POSTBACKS_ALERT_URL": "\(url)/alerts?token=canary", "POSTBACKS_ALERT_SECRET": Self.secret]
            .merging(more) { $1 }
    }

    /// Starts pollers that send alerts, and returns them when the database knows that they do.
    private func pollers(_ installation: Installation, _ settings: [String: String], count: Int = 1) throws
        -> [RunningPoller]
    {
        let pollers = try (0..<count).map { _ in try RunningPoller(installation, settings) }
        try waitUntil("alerts are sent") { try installation.count("alert_watch") == 1 }
        return pollers
    }

    /// Runs a poller that sends alerts while the closure runs; the database knows before that it does.
    private func withPoller(
        _ installation: Installation, _ settings: [String: String], _ body: () throws -> Void
    ) throws {
        try installation.withPoller(settings) { _ in
            try waitUntil("alerts are sent") { try installation.count("alert_watch") == 1 }
            try body()
        }
    }

    private func alerts(_ receiver: RunningReceiver, _ type: String? = nil) throws -> [JSON] {
        try receiver.requests.map { try JSON(parsing: $0.body) }.filter { type == nil || $0["type"]?.text == type }
    }

    private func wait(for type: String, at receiver: RunningReceiver, count: Int = 1, seconds: Int = 60) throws {
        try waitUntil("\(count) × \(type)", timeoutSeconds: seconds) { try alerts(receiver, type).count >= count }
    }

    @Test
    func `with two pollers a pause and a resumption are told once and each stop is, signed, with names and reason`()
        throws
    {
        let operatorReceiver = try RunningReceiver()
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.ask("configureAffiliate", ["affiliateId": "a", "name": "Ada {click_id} {{x}} \u{1F600}"])
        let pollers = try pollers(installation, settings(operatorReceiver), count: 2)
        try installation.record(["t1"])
        try wait(for: "postback.paused", at: operatorReceiver)
        receiver.behave(ReceiverBehaviour())
        try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
        try wait(for: "postback.resumed", at: operatorReceiver)
        for poller in pollers { poller.send(SIGTERM) }
        for poller in pollers { #expect(try poller.waitForEnd() == .exited(0)) }
        let all = try alerts(operatorReceiver)
        #expect(
            all.compactMap { $0["type"]?.text }.sorted()
                == ["poller.stopped", "poller.stopped", "postback.paused", "postback.resumed"])
        let paused = try alerts(operatorReceiver, "postback.paused")[0]
        #expect(paused.members.map(\.name).sorted() == ["data", "timestamp", "type"])
        #expect(paused["timestamp"]?.text?.hasSuffix("Z") == true)
        #expect(paused.at("data.postbackId") == 1 && paused.at("data.offer.id") == "o")
        #expect(
            paused.at("data.affiliate") == ["id": "a", "name": "Ada {click_id} {{x}} \u{1F600}"]
                || paused.at("data.affiliate") == ["name": "Ada {click_id} {{x}} \u{1F600}", "id": "a"])
        #expect(paused.at("data.reason") == "the receiver answered 410 Gone")
        #expect(paused.at("data.destination")?.text == receiver.url)
        #expect(try alerts(operatorReceiver, "postback.resumed")[0].at("data.pausedAt") == paused.at("data.pausedAt"))
        #expect(try alerts(operatorReceiver, "poller.stopped").allSatisfy { $0.at("data.unanswered") == 0 })
        let requests = operatorReceiver.requests
        #expect(requests.allSatisfy { $0.method == "POST" && $0.target == "/alerts?token=canary" })
        #expect(Set(requests.compactMap { $0.header("webhook-id") }).count == 4)
        // A receiver of both cannot confuse the id with that of a delivery.
        #expect(requests.allSatisfy { Int($0.header("webhook-id") ?? "") ?? 0 >= 1 << 52 })
        #expect(
            try SignatureCheck.verify(requests.map { SignatureCheck($0, Self.secret) })
                == [String](repeating: "ok", count: 4))
        #expect(try installation.count("alerts") == 0)
        // The alert is not listed with the postbacks, and the log contains neither its secret nor its query.
        #expect(try installation.ask("listPostbacks", [:])["postbacks"]?.items.count == 1)
        for poller in pollers { #expect(try !poller.log.contains("canary") && !poller.log.contains(Self.secret)) }
    }

    @Test func `deliveries that died are told together, by the minute and the postback`() throws {
        let operatorReceiver = try RunningReceiver()
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let installation = try Installation.sending(to: receiver.url, on: ["pending", "done"])
        try withPoller(installation, settings(operatorReceiver, ["POSTBACKS_RETRY_SCHEDULE": "0"])) {
            try installation.record((1...5).map { "t\($0)" })
            try installation.wait(for: 5, in: "dead")
            try installation.update("t1", "done")
            try installation.wait(for: 6, in: "dead")
            // This imitates deliveries that all died in one past minute.
            _ = try installation.database.connect().run(
                "UPDATE alert_deaths SET at = date_trunc('minute', now()) - interval '5 minutes'")
            try wait(for: "delivery.dead", at: operatorReceiver, count: 2)
            let dead = try alerts(operatorReceiver, "delivery.dead").map { $0["data"] ?? .null }
            #expect(dead.count == 2)
            let first = dead.first { $0["postbackId"] == 1 }
            #expect(first?["count"] == 5 && first?["firstDeliveryId"] == 1 && first?["lastDeliveryId"] == 5)
            let second = dead.first { $0["postbackId"] == 2 }
            #expect(second?["count"] == 1 && second?["firstDeliveryId"] == 6 && second?["lastDeliveryId"] == 6)
            #expect(second?["conversionStatus"] == "done")
            #expect(try installation.count("alert_deaths") == 0)
        }
    }

    @Test func `a destination that is blocked again and again is told once, and once when it answers`() throws {
        let operatorReceiver = try RunningReceiver()
        let port = try TCPListener().port
        let installation = try Installation.sending(to: "http://127.0.0.1:\(port)")
        try withPoller(installation, settings(operatorReceiver, ["POSTBACKS_RETRY_SCHEDULE": "0.2,0.2,200"])) {
            try installation.record((1...30).map { "t\($0)" })
            try wait(for: "destination.blocked", at: operatorReceiver)
            try waitUntil("it is blocked again") {
                try installation.value("SELECT (blocks > 1)::text AS value FROM destinations") == "true"
            }
            let receiver = try RunningReceiver(port: port)
            _ = try installation.database.connect().run("UPDATE destinations SET blocked_until = now()")
            try installation.wait(for: 30, in: "delivered")
            try wait(for: "destination.recovered", at: operatorReceiver)
            let all = try alerts(operatorReceiver)
            #expect(all.compactMap { $0["type"]?.text } == ["destination.blocked", "destination.recovered"])
            #expect(all.allSatisfy { $0.at("data.destination")?.text == "http://127.0.0.1:\(port)" })
            #expect(all[0].at("data.failures")?.integer ?? 0 >= 10 && all[0].at("data.blockedUntil")?.text != nil)
            #expect(receiver.requests.count == 30)
        }
    }

    @Test func `a receiver of alerts that hangs costs no delivery anything, and says nothing of its destination`()
        throws
    {
        let operatorReceiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let gone = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
        let healthy = try RunningReceiver()
        let installation = try Installation.sending(to: gone.url, on: [String](repeating: "pending", count: 6))
        for url in [healthy.url, operatorReceiver.url] {
            try installation.createPostback(["conversionStatus": "done", "url": .string("\(url)/{transaction_id}")])
        }
        let settings = settings(operatorReceiver, ["POSTBACKS_RETRY_SCHEDULE": "0.5,0.5,0.5,0.5,0.5,600"])
        try withPoller(installation, settings) {
            try installation.record(["t0"])
            try waitUntil("alerts hang") { operatorReceiver.requests.count >= 4 }
            // No request has gone yet to the affiliate whose tracker is the operator's server.
            _ = try installation.database.connect().run("UPDATE postbacks SET active = id < 8")
            let waiting = operatorReceiver.requests.count
            let inputs = (1...300).map {
                ["offerId": "o", "affiliateId": "a", "transactionId": .string("h\($0)"), "status": "done"] as JSON
            }
            _ = try installation.ask("recordConversion", all: inputs)
            try installation.wait(for: 300, in: "delivered")
            #expect(healthy.requests.count == 300)
            try waitUntil("they hang still") { operatorReceiver.requests.count >= waiting + 8 }
            #expect(try installation.count("alerts") == 6)
            let state: Query = "SELECT failures || ' ' || blocks AS value FROM destinations ORDER BY id DESC LIMIT 1"
            #expect(try installation.value(state) == "0 0")
            operatorReceiver.behave(ReceiverBehaviour())
            try waitUntil("all are told") {
                _ = try installation.database.connect().run(
                    "UPDATE alerts SET due_at = now() WHERE lease_until IS NULL")
                return try installation.count("alerts") == 0
            }
            #expect(Set(operatorReceiver.requests.compactMap { $0.header("webhook-id") }).count == 6)
        }
    }

    @Test func `alerts that were not sent, including the one about the stop, are sent by the next poller`() throws {
        let port = try TCPListener().port
        let gone = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
        let installation = try Installation.sending(to: gone.url)
        let settings = settings("http://127.0.0.1:\(port)", ["POSTBACKS_RETRY_SCHEDULE": "600"])
        do {
            let poller = try pollers(installation, settings)[0]
            try installation.record(["t"])
            try waitUntil("it was tried") {
                try installation.value("SELECT count(*) AS value FROM alerts WHERE attempt = 1") == "1"
            }
            #expect(try poller.log.contains("alerts do not reach their receiver"))
            poller.send(SIGTERM)
            try poller.waitForEnd()
        }
        #expect(try installation.count("alerts") == 2)
        _ = try installation.database.connect().run("UPDATE alerts SET due_at = now(), lease_until = NULL")
        let operatorReceiver = try RunningReceiver(port: port)
        try withPoller(installation, settings) {
            try wait(for: "postback.paused", at: operatorReceiver)
            try wait(for: "poller.stopped", at: operatorReceiver)
            #expect(try alerts(operatorReceiver).count == 2)
        }
    }

    @Test
    func `a receiver of alerts that hangs does not keep the poller from stopping, nor lose what it was to be told`()
        throws
    {
        let operatorReceiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let gone = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
        let installation = try Installation.sending(to: gone.url)
        let patience = ["POSTBACKS_TIMEOUT": "300", "POSTBACKS_LEASE": "600"]
        let poller = try pollers(installation, settings(operatorReceiver, patience))[0]
        try installation.record(["t"])
        try waitUntil("the alert hangs") { operatorReceiver.requests.count == 1 }
        poller.send(SIGTERM)
        #expect(try poller.waitForEnd() == .exited(0))
        let left = try installation.database.connect().run("SELECT type, attempt FROM alerts ORDER BY type")
        #expect(left.compactMap { $0.text("type") } == ["poller.stopped", "postback.paused"])
        #expect(left.allSatisfy { $0.integer("attempt") == 0 })
    }

    @Test func `a stop is told also while the database is away`() throws {
        let operatorReceiver = try RunningReceiver()
        let installation = try Installation.make()
        let poller = try pollers(installation, settings(operatorReceiver))[0]
        let name = try #require(try installation.value("SELECT current_database() AS value"))
        let server = try TestDatabase(
            connectionString: installation.database.connectionString.replacing("/\(name)?", with: "/postgres?")
        ).connect()
        _ = try server.run("ALTER DATABASE \(identifier: name) ALLOW_CONNECTIONS false")
        _ = try server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
        try waitUntil("it is away") { try poller.log.contains("no connection to the database") }
        poller.send(SIGTERM)
        #expect(try poller.waitForEnd() == .exited(0))
        #expect(try alerts(operatorReceiver).map { $0["type"] } == ["poller.stopped"])
    }

    @Test func `no alert is stored if no poller sends alerts`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 410]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0"]) { _ in
            try installation.record(["t"])
            try waitUntil("the pause") {
                try installation.ask("listPostbacks", [:]).at("postbacks.0.paused") != .null
            }
            receiver.behave(ReceiverBehaviour(statuses: [500]))
            try installation.ask("updatePostback", ["postbackId": 1, "resume": true])
            try installation.record(["u"])
            try installation.wait(in: "dead")
            for table in ["alerts", "alert_deaths", "alert_watch"] { #expect(try installation.count(table) == 0) }
        }
    }

    @Test func `a login with the poller's role tells all of it`() throws {
        let operatorReceiver = try RunningReceiver()
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500]))
        let guarded = try GuardedInstallation()
        try guarded.manager.configure()
        try guarded.manager.createPostback(["url": .string("\(receiver.url)/{transaction_id}")])
        let poller = try RunningPoller(guarded.poller, settings(operatorReceiver, ["POSTBACKS_RETRY_SCHEDULE": "0"]))
        try waitUntil("alerts are sent") { try guarded.owner.count("alert_watch") == 1 }
        let conversion: JSON = ["offerId": "o", "affiliateId": "a"]
        try guarded.recorder.ask("recordConversion", conversion.merging(["transactionId": "t"]))
        try waitUntil("a death") { try guarded.owner.count("alert_deaths") == 1 }
        receiver.behave(ReceiverBehaviour(statuses: [410]))
        try guarded.recorder.ask("recordConversion", conversion.merging(["transactionId": "u"]))
        try wait(for: "postback.paused", at: operatorReceiver)
        try guarded.manager.ask("updatePostback", ["postbackId": 1, "resume": true])
        try wait(for: "postback.resumed", at: operatorReceiver)
        _ = try guarded.owner.database.connect().run("UPDATE alert_deaths SET at = now() - interval '5 minutes'")
        try wait(for: "delivery.dead", at: operatorReceiver)
        #expect(try !poller.log.contains("permission denied"))
        let connection = try guarded.recorder.database.connect()
        for sql in ["SELECT FROM alerts", "SELECT tell('poller.stopped', '{}')", "DELETE FROM alert_deaths"] {
            let error = #expect(throws: PostgresError.self) { try connection.execute(script: sql) }
            #expect(error?.sqlState == "42501", "\(sql)")
        }
    }

    @Test(arguments: [
        ["POSTBACKS_ALERT_URL": "alerts.example/canary"], ["POSTBACKS_ALERT_URL": "https://canary@alerts.example/"],
        ["POSTBACKS_ALERT_URL": "http://10.0.0.1/canary"],
        ["POSTBACKS_ALERT_URL": "https://alerts.example/", "POSTBACKS_ALERT_SECRET": "canary"],
        ["POSTBACKS_ALERT_SECRET": "whsec_Y2FuYXJ5LXNpZ25pbmctMTIzNDU2Nzg5MA=="],
    ])
    func `a URL or a secret that is none ends the poller before it begins`(settings: [String: String]) throws {
        let poller = try RunningPoller(try Installation.make(), settings)
        #expect(try poller.waitForEnd() == .exited(78))
        let log = try poller.log
        #expect(log.contains("POSTBACKS_ALERT_") && !log.contains("canary") && !log.contains("Y2Fu"), "\(log)")
    }
}
