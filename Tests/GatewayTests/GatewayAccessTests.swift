import Glibc
import JSON
import Postgres
import Secrets
import System
import TestSupport
import TestThreads
import Testing

/// Tests keys, scopes, sign-ins, hosts and origins against the real gateway.
@Suite(.ownThreads, .withGateway) struct GatewayAccessTests {
    private let installation: Installation

    init() throws {
        installation = try Installation.make()
        try installation.configure()
    }

    private func key(_ arguments: String...) throws -> String {
        let outcome = try Programs.run(
            "postbacks", ["keys", "create"] + arguments, environment: installation.environment)
        #expect(outcome.status == .exited(0), "\(outcome.errorText)")
        return String(outcome.text.dropLast())
    }

    private func bearer(_ key: String) -> [String: String] { ["Authorization": "Bearer \(key)"] }

    @Test func `each scope allows its functions, and no other`() throws {
        let keys = [
            "record": try key("--name", "tracker", "--scope", "record"),
            "read": try key("--name", "report", "--scope", "read"),
            "manage": try key("--name", "admin", "--scope", "manage"),
        ]
        let gateway = try RunningGateway(installation)
        func status(_ scope: String, _ function: String, _ input: String = "{}") throws -> Int {
            try gateway.call(function, input, bearer(keys[scope] ?? "")).status
        }
        #expect(try gateway.call("listOffers", "{}").status == 401)
        #expect(try gateway.call("listOffers", "{}").headers["www-authenticate"] == "Bearer")
        let conversion = #"{"offerId":"o","affiliateId":"a","transactionId":"t"}"#
        #expect(try status("record", "recordConversion", conversion) == 200)
        #expect(try status("record", "listOffers") == 403)
        #expect(try status("record", "deletePostback", #"{"postbackId":1}"#) == 403)
        #expect(try status("read", "listOffers") == 200)
        #expect(try status("read", "recordConversion", conversion) == 403)
        #expect(try status("read", "configureOffer", #"{"offerId":"x"}"#) == 403)
        #expect(try status("read", "deliverPostback") == 403)
        #expect(try status("manage", "recordConversion", conversion) == 200)
        #expect(try status("manage", "listOffers") == 200)
        #expect(try status("manage", "deliverPostback") == 400)
        let refused = try gateway.call("deletePostback", "{}", bearer(keys["read"] ?? ""))
        #expect(refused.json["error"]?["message"]?.text?.contains("manage") == true)
        for path in ["/metrics", "/openapi.json"] {
            #expect(try gateway.request("GET", path).status == 401)
            #expect(try gateway.request("GET", path, bearer(keys["record"] ?? "")).status == 403)
            #expect(try gateway.request("GET", path, bearer(keys["read"] ?? "")).status != 403)
        }
        #expect(try gateway.request("GET", "/healthz").status == 200)
        #expect(try gateway.request("GET", "/readyz").json == ["ready": true])
        #expect(try gateway.request("GET", "/").status == 307)
        // The name of the key is in the log, and no key is.
        try waitUntil("its use is logged") { try gateway.log.contains(#""key":"tracker""#) }
        #expect(try !keys.values.contains(where: gateway.log.contains))
        let listed = try Programs.run("postbacks", ["keys", "list"], environment: installation.environment)
        #expect(listed.text.contains("tracker") && !keys.values.contains(where: listed.text.contains))
        try waitUntil("its use is stored") {
            try installation.value("SELECT count(*) AS value FROM api_keys WHERE used_at IS NOT NULL") == "3"
        }
    }

    @Test func `a caller who may only read gets no sealed secrets`() throws {
        let read = try key("--name", "report", "--scope", "read")
        let manage = try key("--name", "admin", "--scope", "manage")
        let id = try installation.createPostback(["requestHeaders": ["X-Api-Key": "secret-of-ada"]])
        let gateway = try RunningGateway(installation)
        let seen = try gateway.call("previewPostback", "{\"postbackId\":\(id)}", bearer(read))
        #expect(seen.status == 200 && seen.json["input"] == nil && seen.json["request"] != nil)
        #expect(!seen.text.contains("sealed"))
        #expect(try gateway.call("previewPostback", "{\"postbackId\":\(id)}", bearer(manage)).text.contains("sealed"))
        #expect(try gateway.request("POST", "/console/test", bearer(read), body: Array("{}".utf8)).status == 403)
    }

    @Test func `a new key and a revoked one count within a second`() throws {
        let gateway = try RunningGateway(installation)
        #expect(try gateway.call("listOffers", "{}").status == 200)
        let key = try key("--name", "first", "--scope", "manage")
        usleep(1_000_000)
        #expect(try gateway.call("listOffers", "{}").status == 401)
        #expect(try gateway.call("listOffers", "{}", bearer(key)).status == 200)
        let revoked = try Programs.run("postbacks", ["keys", "revoke", "1"], environment: installation.environment)
        #expect(revoked.status == .exited(0))
        usleep(1_000_000)
        #expect(try gateway.call("listOffers", "{}", bearer(key)).status == 401)
        #expect(try gateway.call("listOffers", "{}").status == 401)
    }

    @Test func `a wrong key, an expired key and a text that is not a key are refused`() throws {
        let key = try key("--name", "k", "--scope", "manage", "--expires", "1m")
        let gateway = try RunningGateway(installation)
        for text in [
            key.dropLast() + "x", "pbk_1_\(String(repeating: "0", count: 64))", "pbk_2_\(key.dropFirst(6))", "x",
        ] {
            #expect(try gateway.call("listOffers", "{}", bearer(String(text))).status == 401)
        }
        #expect(try gateway.call("listOffers", "{}", ["Authorization": "Basic eDp5"]).status == 401)
        #expect(try gateway.call("listOffers", "{}", bearer(key)).status == 200)
        _ = try installation.database.connect().run(
            "UPDATE api_keys SET created_at = now() - interval '1 day', expires_at = now() - interval '1 second'")
        try waitUntil("it has expired") { try gateway.call("listOffers", "{}", bearer(key)).status == 401 }
    }

    @Test func `the console signs in with a cookie that scripts cannot read and that ends with its key`() throws {
        let key = try key("--name", "ada", "--scope", "manage")
        let gateway = try RunningGateway(installation)
        func session(_ method: String, _ cookie: String?, _ body: String? = nil) throws -> HTTPAnswer {
            try gateway.request(
                method, "/console/session", cookie.map { ["Cookie": $0] } ?? [:], body: body.map { Array($0.utf8) })
        }
        #expect(
            try session("GET", nil).json
                == [
                    "open": false, "name": .null, "scope": .null, "affiliateId": .null, "offerId": .null,
                    "attempts": 8,
                ])
        #expect(try session("POST", nil, #"{"key":"pbk_1_x"}"#).status == 401)
        #expect(try session("POST", nil, "{}").status == 400)
        let signedIn = try session("POST", nil, "{\"key\":\"\(key)\"}")
        #expect(signedIn.status == 200 && signedIn.json["name"] == "ada", "\(signedIn.text)")
        let setting = try #require(signedIn.headers["set-cookie"])
        #expect(setting.hasSuffix("; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200"))
        let cookie = String(setting.prefix { $0 != ";" })
        #expect(!cookie.contains(key.suffix(64)))
        #expect(try gateway.call("listOffers", "{}", ["Cookie": cookie]).status == 200)
        #expect(try session("GET", cookie).json["scope"] == "manage")
        let other = String(
            try #require(try session("POST", nil, "{\"key\":\"\(key)\"}").headers["set-cookie"]).prefix { $0 != ";" })
        #expect(try session("DELETE", other).status == 204)
        #expect(try gateway.call("listOffers", "{}", ["Cookie": other]).status == 401)
        _ = try Programs.run("postbacks", ["keys", "revoke", "1"], environment: installation.environment)
        try waitUntil("it ends") { try gateway.call("listOffers", "{}", ["Cookie": cookie]).status == 401 }
    }

    @Test func `foreign hosts and origins are refused on every path`() throws {
        let gateway = try RunningGateway(installation, environment: ["POSTBACKS_HOSTS": "postbacks.example.com"])
        for path in ["/healthz", "/metrics", "/openapi.json", "/console/offers.html", "/", "/nothing"] {
            #expect(try gateway.request("GET", path, ["Host": "evil.example"]).status == 421, "\(path)")
            #expect(try gateway.request("GET", path, ["Host": "-"]).status == 400, "\(path)")
        }
        func post(_ headers: [String: String]) throws -> Int { try gateway.call("listOffers", "{}", headers).status }
        #expect(try post(["Host": "evil.example"]) == 421)
        #expect(try post(["Host": "postbacks.example.com", "Origin": "https://postbacks.example.com"]) == 200)
        #expect(try post(["Origin": "http://evil.example"]) == 403)
        #expect(try post(["Sec-Fetch-Site": "cross-site"]) == 403)
        #expect(try post(["Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:\(gateway.port)"]) == 200)
        // A form of another page cannot send JSON.
        #expect(try post(["Content-Type": "application/x-www-form-urlencoded"]) == 415)
    }

    @Test func `another host than this machine needs a key, and the message says what to run`() throws {
        let program = try #require(Programs.gateway)
        func start(_ host: String) throws -> ChildProcess.Outcome {
            try ChildProcess.run(
                program, ["--host", host, "--port", "0"],
                environment: Programs.environment(
                    installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }),
                timeout: .seconds(120))
        }
        let refused = try start("0.0.0.0")
        #expect(refused.status == .exited(78))
        #expect(refused.errorText.contains("postbacks keys create"), "\(refused.errorText)")
        _ = try key("--name", "k", "--scope", "manage")
        let gateway = try RunningGateway(installation, arguments: ["--host", "0.0.0.0"])
        #expect(try gateway.call("listOffers", "{}").status == 401)
    }

    @Test func `while the database is away calls with a key are refused, and the gateway is not ready`() throws {
        let key = try key("--name", "k", "--scope", "read")
        let gateway = try RunningGateway(installation)
        let name = try #require(try installation.value("SELECT current_database() AS value"))
        let other = try TestDatabase.make().connect()
        _ = try other.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
        try other.execute(script: "ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        _ = try other.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
        try waitUntil("it notices") { try gateway.request("GET", "/readyz").status == 503 }
        #expect(try gateway.request("GET", "/healthz").status == 200)
        #expect(try gateway.request("GET", "/readyz").json == ["ready": false])
        try waitUntil("its keys do not count any more") {
            try gateway.request("GET", "/metrics", bearer(key)).status == 503
        }
        try other.execute(script: "ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
        try waitUntil("it is back") { try gateway.request("GET", "/readyz").status == 200 }
        #expect(try gateway.request("GET", "/metrics", bearer(key)).status == 200)
    }
}
