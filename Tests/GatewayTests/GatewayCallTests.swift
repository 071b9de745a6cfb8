import EmbeddedFiles
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests calls of the real functions through the real gateway.
@Suite(.ownThreads, .withGateway) struct GatewayCallTests {
    private let installation: Installation
    private let gateway: RunningGateway

    init() throws {
        installation = try Installation.make()
        try installation.configure()
        gateway = try RunningGateway(installation)
    }

    private static let conversion = #"{"offerId":"o","affiliateId":"a","transactionId":"t1","payout":12.30}"#

    @Test func `a conversion is recorded, a repeat changes nothing, and both paths lead there`() throws {
        let first = try gateway.call("recordConversion", Self.conversion)
        #expect(first.status == 200, "\(first.text)")
        #expect(first.json["duplicate"] == false && first.json["conversion"]?["payout"] == "12.30")
        let again = try gateway.request("POST", "/conversions", body: Array(Self.conversion.utf8))
        #expect(again.json["duplicate"] == true)
        let done = #"{"offerId":"o","transactionId":"t1","status":"done"}"#
        let changed = try gateway.request("POST", "/conversions/status", body: Array(done.utf8))
        #expect(changed.status == 200 && changed.json["changed"] == true)
        #expect(try installation.count("conversions") == 1)
    }

    @Test func `the statuses are those of the functions' codes`() throws {
        let missing = try gateway.call("recordConversion", #"{"offerId":"o"}"#)
        #expect(missing.status == 400 && missing.code == "invalid_request")
        let unknown = try gateway.call(
            "recordConversion", #"{"offerId":"x","affiliateId":"a","transactionId":"t"}"#)
        #expect(unknown.status == 404 && unknown.code == "not_found")
        _ = try gateway.call("recordConversion", Self.conversion)
        let done = #"{"offerId":"o","transactionId":"t1","status":"done"}"#
        _ = try gateway.call("updateConversionStatus", done)
        let back = try gateway.call(
            "updateConversionStatus", #"{"offerId":"o","transactionId":"t1","status":"pending"}"#)
        #expect(back.status == 409 && back.code == "conflict")
        let text = try gateway.call("recordConversion", "{")
        #expect(text.status == 400 && text.code == "invalid_json")
        let problem = try gateway.call(
            "recordConversion", #"{"offerId":"o"}"#, ["Accept": "application/problem+json"])
        #expect(problem.headers["content-type"] == "application/problem+json")
        #expect(problem.json["status"] == .integer(400) && problem.json["code"] == "invalid_request")
    }

    @Test(arguments: [
        #"{}},"id":7,"x":{"#, "{}}\n{\"id\":1,\"input\":{}", #"{}},"id":1,"input":{"offerId":"o"}"#,
    ])
    func `no body can forge another caller's line`(body: String) throws {
        let forged = try gateway.call("listOffers", body)
        #expect(forged.status == 400 && forged.code == "invalid_json")
        #expect(try gateway.call("listOffers", "{}").status == 200)
    }

    @Test func `many requests on one connection are answered in their order`() throws {
        let connection = try HTTPTestConnection(port: gateway.port)
        let body = "{\"limit\":1}"
        let one =
            "POST /function/listOffers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nX-Request-Id: n"
        try connection.write((0..<20).map { "\(one)\($0)\r\n\r\n\(body)" }.joined())
        for number in 0..<20 {
            let answer = try connection.receive()
            #expect(answer.status == 200 && answer.headers["x-request-id"] == "n\(number)")
        }
    }

    @Test func `a chunked body, an expectation and a half-closed connection are understood`() throws {
        let connection = try HTTPTestConnection(port: gateway.port)
        try connection.write(
            "POST /function/listOffers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
        )
        try connection.write("5\r\n{\"lim\r\n6\r\nit\":1}\r\n0\r\n\r\n")
        connection.closeOutput()
        let answer = try connection.receive()
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try connection.waitForEnd())
    }

    @Test func `Idempotency-Key makes a creation repeatable`() throws {
        let postback = Installation.postback().encodedText
        let first = try gateway.call("createPostback", postback, ["Idempotency-Key": "k1"])
        let again = try gateway.call("createPostback", postback, ["Idempotency-Key": "\"k1\""])
        #expect(first.status == 200 && first.json["postback"]?["id"] == again.json["postback"]?["id"])
        let other = try gateway.call(
            "createPostback", Installation.postback(["conversionStatus": "done"]).encodedText, ["Idempotency-Key": "k1"]
        )
        #expect(other.status == 409)
        let force = #"{"deliveryIds":[1],"force":true}"#
        let resent = try gateway.call("resendDeliveries", force, ["Idempotency-Key": "k2"])
        let repeated = try gateway.call("resendDeliveries", force, ["Idempotency-Key": "k2"])
        #expect(resent.status == repeated.status && resent.body == repeated.body)
        let changed = try gateway.call("resendDeliveries", #"{"deliveryIds":[2]}"#, ["Idempotency-Key": "k2"])
        #expect(resent.status != 200 || changed.status == 409)
    }

    @Test func `a test is sent inside, marked as one, and its sealed secrets stay there`() throws {
        let receiver = try RunningReceiver()
        let id = try installation.createPostback([
            "url": .string("http://127.0.0.1:\(receiver.port)/test?click={click_id}"),
            "requestHeaders": ["X-Api-Key": "secret-of-ada"],
        ])
        let answer = try gateway.request("POST", "/console/test", body: Array("{\"postbackId\":\(id)}".utf8))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["outcome"] == "delivered")
        #expect(!answer.text.contains("sealed") && !answer.text.contains("secret-of-ada"))
        #expect(try installation.count("conversions") == 0)
    }

    @Test func `other methods, types and paths are refused by name`() throws {
        let get = try gateway.request("GET", "/function/listOffers")
        #expect(get.status == 405 && get.headers["allow"] == "POST")
        let type = try gateway.request(
            "POST", "/function/listOffers", ["Content-Type": "text/plain"], body: Array("{}".utf8))
        #expect(type.status == 415)
        let path = try gateway.call("listOfers", "{}")
        #expect(path.status == 404 && path.json["error"]?["message"]?.text?.contains("listOffers") == true)
        #expect(try gateway.request("GET", "/nothing").status == 404)
        let root = try gateway.request("GET", "/")
        #expect(root.status == 307 && root.headers["location"]?.hasPrefix("/console/") == true)
        let head = try gateway.request("HEAD", "/healthz")
        #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] != "0")
    }

    @Test func `the console's files have their types and tags, and headers that keep foreign code out`() throws {
        let policy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
            + "trusted-types 'none'"
        // Each page is page.html with its own script.
        let template = try #require(EmbeddedFile.console.first { $0.name == "page.html" })
        let text = String(decoding: template.bytes, as: UTF8.self)
        let pages = ["conversion", "conversions", "deliveries", "functions", "health", "offer", "offers"].map { page in
            (name: "\(page).html", bytes: Array(text.replacing("{page}.js", with: "\(page).js").utf8))
        }
        let others = EmbeddedFile.console.filter { $0.name != template.name }.map { (name: $0.name, bytes: $0.bytes) }
        for file in pages + others {
            let answer = try gateway.request("GET", "/console/\(file.name)?id=1")
            #expect(answer.status == 200 && answer.body == file.bytes, "\(file.name)")
            #expect(answer.headers["content-security-policy"] == policy)
            #expect(answer.headers["content-type"]?.contains("octet-stream") == false, "\(file.name)")
            let tag = try #require(answer.headers["etag"])
            let again = try gateway.request("GET", "/console/\(file.name)", ["If-None-Match": tag])
            #expect(again.status == 304 && again.body.isEmpty)
        }
        for path in ["/console/missing.html", "/console/page.html", "/console/../openapi.json", "/console/%2e%2e/x"] {
            let missing = try gateway.request("GET", path)
            #expect(missing.status == 404 && missing.headers["content-security-policy"] == policy, "\(path)")
            #expect(missing.headers["cross-origin-opener-policy"] == "same-origin")
        }
        let called = try gateway.call("listOffers", "{}")
        #expect(called.headers["cache-control"] == "no-store")
        for answer in [called, try gateway.request("GET", "/healthz")] {
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["referrer-policy"] == "no-referrer")
            #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
        }
    }

    @Test func `it describes itself, tells whether it is ready, and counts`() throws {
        #expect(try gateway.request("GET", "/healthz").json["ok"] == true)
        let ready = try gateway.request("GET", "/readyz")
        #expect(ready.status == 200 && ready.json["ready"] == true && ready.json["database"] == "ok", "\(ready.text)")
        #expect(ready.json["pollerSecondsAgo"] == .null)
        _ = try gateway.call("listOffers", "{}")
        var description = try gateway.request("GET", "/openapi.json")
        try waitUntil("it is described") {
            description = try gateway.request("GET", "/openapi.json")
            return description.status == 200
        }
        let paths = description.json["paths"]?.members.map(\.name) ?? []
        for function in Repository.functions { #expect(paths.contains("/function/\(function)")) }
        let metrics = try gateway.request("GET", "/metrics")
        #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(metrics.text.contains(#"postbacks_function_requests_total{function="listOffers",code="ok"} 1"#))
        #expect(metrics.text.contains("postbacks_database_up 1"))
    }

    @Test func `the log has a line for each request, and nothing of its query, body or key`() throws {
        let key = "pbk_1_\(String(repeating: "0", count: 64))"
        _ = try gateway.request(
            "POST", "/function/listOffers?token=in-the-query",
            ["Authorization": "Bearer \(key)", "X-Request-Id": "my-id", "Cookie": "postbacks_session=in-the-cookie"],
            body: Array(#"{"limit":"in-the-body"}"#.utf8))
        _ = try gateway.request("GET", "/healthz", ["X-Request-Id": "bad id"])
        try waitUntil("it is logged") { try gateway.log.contains("/healthz") }
        let log = try gateway.log
        let line = try #require(log.split(separator: "\n").first { $0.contains("my-id") })
        let json = try JSON(parsing: Array(line.utf8))
        #expect(json["method"] == "POST" && json["route"] == "/function/listOffers" && json["status"] == "400")
        #expect(json["milliseconds"] != nil && json["bytes"] != nil)
        for secret in ["in-the-query", "in-the-body", "in-the-cookie", key, "bad id"] {
            #expect(!log.contains(secret), "\(secret)")
        }
    }
}
