import Adapters
import FunctionRuntime
import Gateway
import JSON
import Store
import Testing

/// Tests the forms of answers, and the texts for monitors and client makers.
struct AnswersTests {
    private func problem(_ refusal: Refusal) throws -> JSON {
        let request = Request(
            method: "GET", target: "/", headers: [Request.Header("Accept", "application/problem+json, */*;q=0.1")])
        let response = refusal.response(to: request)
        #expect(response["content-type"] == "application/problem+json")
        return try JSON(parsing: response.body)
    }

    @Test func `an error has the form of every function`() throws {
        let refusal = Refusal(.invalidRequest("goals[0].id", "is missing"))
        let response = refusal.response(to: Request(method: "POST", target: "/", headers: []))
        #expect(response.status == 400 && response["content-type"] == "application/json")
        let error = try JSON(parsing: response.body)["error"]
        #expect(error == FunctionError.invalidRequest("goals[0].id", "is missing").json)
    }

    @Test func `or that of problem details, with a pointer for each field`() throws {
        let json = try problem(Refusal(.invalidRequest("goals[0].id", "is missing")))
        #expect(json["title"] == "Bad Request" && json["status"] == .integer(400))
        #expect(json["code"] == "invalid_request" && json["retryable"] == false)
        #expect(json["type"] == "urn:postbacks:error:invalid_request")
        #expect(json["errors"] == [["pointer": "#/goals/0/id", "detail": "is missing"]])
        #expect(Pointer.text(ofField: "params.a/b~c") == "#/params/a~1b~0c")
    }

    @Test(arguments: [
        ("POST", "/function/listOffers", "/function/listOffers"),
        ("POST", "/conversions", "/function/recordConversion"),
        ("POST", "/conversions/status", "/function/updateConversionStatus"), ("GET", "/healthz", "/healthz"),
        ("HEAD", "/console/offers.html?id=1", "/console/{file}"), ("GET", "/", "/"), ("GET", "/console", "/"),
        ("DELETE", "/console/session", "/console/session"), ("GET", "/metrics?secret", "/metrics"),
    ])
    func `paths lead to functions and files`(method: String, target: String, label: String) throws {
        #expect(try Route(Request(method: method, target: target, headers: [])).label == label)
    }

    @Test func `an unknown path is not found, and the nearest function is named`() {
        func refusal(_ method: String, _ target: String) -> Refusal? {
            #expect(throws: Refusal.self) { try Route(Request(method: method, target: target, headers: [])) }
        }
        #expect(refusal("GET", "/nothing")?.status == 404)
        #expect(refusal("POST", "/function/listOfers")?.message.contains("listOffers") == true)
        #expect(refusal("POST", "/function/../postbacks")?.status == 404)
        #expect(refusal("GET", "/function/listOffers")?.headers == [HTTPAnswer.Field("Allow", "POST")])
        #expect(refusal("POST", "/metrics")?.status == 405)
        #expect(refusal("TRACE", "/console/session")?.status == 405)
    }

    static let work = MeasureWork.Answer(
        due: 3, waiting: 2, leased: 1, held: 4, oldestDueSeconds: 9, blockedDestinations: 1, pausedPostbacks: 2,
        pollersAlive: 1, attemptsInFlight: 7, pollerSeconds: 5)

    static let counters = [
        ("attempt_duration_seconds_bucket", #"phase="tls",le="+Inf""#, "3"),
        ("attempt_duration_seconds_bucket", #"phase="tls",le="0.5""#, "1"),
        ("attempt_duration_seconds_bucket", #"phase="tls",le="20""#, "2"),
        ("attempt_duration_seconds_count", #"phase="tls""#, "3"),
        ("attempt_duration_seconds_sum", #"phase="tls""#, "31.2"),
        ("attempts_total", #"outcome="retry",error="dns""#, "2"), ("leases_lost_total", "", "1"),
        ("of_a_later_version", "", "1"),
    ].map { ListCounters.Counter(name: $0.0, labels: $0.1, value: $0.2) }

    @Test func `the counters of the pollers are shown, with the buckets in the order of their bounds`() throws {
        let text = GatewayMetrics().text(waiting: [:], gauges: DatabaseGauges(Self.work, counters: Self.counters))
        let lines = text.split(separator: "\n")
        #expect(lines.contains("# TYPE postbacks_attempt_duration_seconds histogram"))
        #expect(lines.contains("# TYPE postbacks_attempts_total counter"))
        #expect(lines.contains(#"postbacks_attempts_total{outcome="retry",error="dns"} 2"#))
        #expect(lines.contains("postbacks_leases_lost_total 1") && lines.contains("postbacks_attempts_in_flight 7"))
        #expect(!text.contains("later_version"))
        let buckets = lines.filter { $0.hasPrefix("postbacks_attempt_duration_seconds_bucket") }
        #expect(buckets.map { $0.split(separator: " ").last } == ["1", "2", "3"])
    }

    @Test func `metrics have help, type and escaped labels, and histograms add up`() {
        let metrics = GatewayMetrics()
        metrics.answered(route: "/healthz", method: "GET", status: 200, seconds: 0.002)
        metrics.answered(route: "/healthz", method: "GET", status: 200, seconds: 30)
        metrics.called("listOffers", code: "ok", seconds: 0.1)
        metrics.functionRestarted("listOffers", reason: "a\"b\\c\nd")
        let text = metrics.text(waiting: ["listOffers": 2], gauges: DatabaseGauges(Self.work, counters: Self.counters))
        let lines = text.split(separator: "\n")
        let labels = #"{http_route="/healthz",method="GET",status="200""#
        #expect(lines.contains("postbacks_http_server_request_duration_seconds_bucket\(labels),le=\"0.0025\"} 1"))
        #expect(lines.contains("postbacks_http_server_request_duration_seconds_bucket\(labels),le=\"+Inf\"} 2"))
        #expect(lines.contains("postbacks_http_server_request_duration_seconds_count\(labels)} 2"))
        #expect(lines.contains(#"postbacks_function_requests_total{function="listOffers",code="ok"} 1"#))
        #expect(lines.contains(#"postbacks_function_restarts_total{function="listOffers",reason="a\"b\\c\nd"} 1"#))
        #expect(lines.contains(#"postbacks_outbox_rows{state="due"} 3"#))
        #expect(lines.contains("postbacks_database_up 1") && lines.contains("postbacks_pollers_alive 1"))
        for line in lines where !line.hasPrefix("#") {
            #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
        }
    }

    @Test func `values that the database cannot give are absent instead of zero`() {
        let text = GatewayMetrics().text(waiting: [:], gauges: nil)
        #expect(text.contains("postbacks_database_up 0\n"))
        #expect(!text.contains("outbox") && !text.contains("postbacks_paused") && !text.contains("pollers_alive"))
    }

    @Test func `the description has every function with its schema, its example and its errors`() throws {
        let schemas: [String: JSON] = [
            "recordConversion": [
                "description": "records.", "input": ["type": "object"], "output": ["type": "object"],
            ],
            "createPostback": ["description": "creates.", "input": ["type": "object"], "output": ["type": "object"]],
        ]
        let document = OpenAPI.document(
            schemas: schemas, examples: ["recordConversion": [JSON.Member("success", ["offerId": "o"])]])
        #expect(document["openapi"] == "3.1.0")
        let post = document["paths"]?["/function/recordConversion"]?["post"]
        #expect(post?["operationId"] == "recordConversion" && post?["summary"] == "records.")
        let content = post?["requestBody"]?["content"]?["application/json"]
        #expect(content?["examples"]?["success"]?["value"] == ["offerId": "o"])
        let responses = post?["responses"]?.members.map(\.name) ?? []
        #expect(
            responses == [
                "200", "400", "401", "403", "404", "405", "408", "409", "413", "415", "417", "421", "431", "500", "503",
            ])
        for response in post?["responses"]?.members.dropFirst() ?? [] {
            let name = response.value["$ref"]?.text?.split(separator: "/").last.map(String.init) ?? ""
            #expect(document["components"]?["responses"]?[name] != nil, "\(name)")
        }
        #expect(document["paths"]?["/conversions"]?["post"]?["operationId"] == nil)
        let creating = document["paths"]?["/function/createPostback"]?["post"]?["parameters"]
        #expect(creating != nil)
    }

    @Test func `the words of the command line are checked`() throws {
        #expect(try GatewaySettings(arguments: []).port == 8080)
        let settings = try GatewaySettings(arguments: ["--host=::1", "--port", "0"])
        #expect(settings.host == "::1" && settings.port == 0 && settings.isLocal)
        #expect(settings.url(port: 12) == "http://[::1]:12")
        for words in [["--port", "x"], ["--port", "70000"], ["--prot", "1"], ["--host"], ["--host="], ["more"]] {
            #expect(throws: FunctionError.self) { try GatewaySettings(arguments: words) }
        }
    }

    @Test func `the names for POSTBACKS_HOSTS are names`() throws {
        func read(_ text: String) throws -> [String] {
            try Settings(environment: ["POSTBACKS_HOSTS": text])(.hosts)
        }
        #expect(try read("") == [])
        #expect(try read("a.example, b.example:8443") == ["a.example", "b.example:8443"])
        for text in ["http://a.example", "*.example", "a b"] { #expect(throws: FunctionError.self) { try read(text) } }
    }
}
