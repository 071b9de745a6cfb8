import Input
import JSON
import Secrets
import Testing

@testable import Domain

@Suite struct RequestRenderingTests {
    private func body(_ request: OutgoingRequest) -> String? {
        request.body.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `GET adds its params to the query in sorted order`() throws {
        let sent = try request(
            #"{"url":"https://h.example/p?a=1","httpType":"GET","requestParams":{"z":"{click_id}","b":["x y",2,true,null],"a b":"{params.name}"}}"#
        )
        #expect(sent.method == "GET")
        #expect(
            sent.url
                == "https://h.example/p?a=1&a%20b=Gr%C3%BC%C3%9Fe%2F%C3%BC%3F%23%2B%2520&b=x%20y&b=2&b=true&b=&z=ck%201%262"
        )
        #expect(sent.body == nil)
    }

    @Test(arguments: [
        ("https://h.example", "https://h.example/?a=1"), ("https://h.example/?", "https://h.example/?a=1"),
        ("https://h.example/?x&", "https://h.example/?x&a=1"), ("https://h.example/?x", "https://h.example/?x&a=1"),
    ])
    func `the query is joined once`(url: String, expected: String) throws {
        #expect(try request(#"{"url":"\#(url)","httpType":"GET","requestParams":{"a":1}}"#).url == expected)
    }

    @Test func `a form is encoded as WHATWG says`() throws {
        let sent = try request(
            #"{"url":"https://h.example/?q=1","httpType":"POST(FORM)","requestParams":{"n":"{params.name}~*-._!","l":["a b","c&d"],"e":"","x":12.30}}"#
        )
        #expect(sent.url == "https://h.example/?q=1")
        #expect(body(sent) == "e=&l=a+b&l=c%26d&n=Gr%C3%BC%C3%9Fe%2F%C3%BC%3F%23%2B%2520%7E*-._%21&x=12.30")
        #expect(header("content-type", sent) == "application/x-www-form-urlencoded")
    }

    @Test func `JSON keeps digits, types and nesting, sorted at every depth`() throws {
        let sent = try request(
            #"{"url":"https://h.example/","httpType":"POST(JSON)","requestParams":{"z":{"b":"{payout:number}","a":"{payout}"},"m":["{params.crlf}",1e-7,null,false,{"y":1,"x":"{sub2}"}],"c":"{sub1}-{payout}"}}"#
        )
        #expect(
            body(sent)
                == #"{"c":"s1-12.30","m":["a\r\nX-Evil: 1",1e-7,null,false,{"x":"","y":1}],"z":{"a":"12.30","b":12.30}}"#
        )
        #expect(header("content-type", sent) == "application/json")
    }

    @Test func `a number without value is null, or its default`() throws {
        let settings =
            #"{"url":"https://h.example/","httpType":"POST(JSON)","requestParams":{"a":"{payout:number}","b":"{revenue:number|0.00}"}}"#
        let values = MacroValues.make {
            $0.payout = nil
            $0.revenue = nil
        }
        #expect(body(try request(settings, values)) == #"{"a":null,"b":0.00}"#)
    }

    @Test(arguments: [
        ("{payout:number}", "12.30"), ("{occurred_at:unix:number}", "1700000060"),
        ("{occurred_at:unixms:number}", "1700000060000"), ("{occurred_at:yyyyMMdd:number}", "20231114"),
        ("{conversion_id:number}", "11"), ("{delivery_id:number}", "42"), ("{payout:minor:number}", "1230"),
        ("{payout:fixed=1:number}", "12.3"), ("{status:pending=2,done=1:number}", "1"),
        ("{params.n:number}", "-1.50e+3"),
        ("{params.zeros:number}", "null"), ("{params.word:number}", "null"), ("{params.word:number|0}", "0"),
        ("{sub2:number}", "null"), ("{sub2:number|-0.5}", "-0.5"), ("{params.spaced:number}", "null"),
        ("{occurred_at:number}", "null"), ("{params.nan:number}", "null"), ("{occurred_at:HH:number}", "22"),
        ("{is_test:boolean}", "false"), ("{params.true:boolean}", "true"), ("{params.word:boolean}", "null"),
        ("{params.word:boolean|false}", "false"), ("{status:done=true,rejected=false:boolean}", "true"),
        ("{status:pending=1:boolean|0}", "false"), ("{sub2:boolean}", "null"), ("{is_test:number}", "0"),
        ("{sub1:s1=a:b}", #""a:b""#), ("{sub1:s1=:number|1}", "1"),
    ])
    func `any macro may be a JSON number or boolean`(macro: String, expected: String) throws {
        let values = MacroValues.make {
            $0.params += [
                ("n", "-1.50e+3"), ("zeros", "007"), ("word", "abc"), ("spaced", " 5"), ("nan", "NaN"),
                ("true", "true"),
            ]
        }
        let sent = try request(
            #"{"url":"https://h.example/","httpType":"POST(JSON)","requestParams":{"a":["\#(macro)"]}}"#, values)
        #expect(body(sent) == #"{"a":[\#(expected)]}"#)
        for type in ["GET", "POST(FORM)"] where !expected.hasPrefix("\"") {
            let found = faults(
                .object { fields in RequestTemplate(&fields, from: .store) },
                #"{"url":"https://h.example/","httpType":"\#(type)","requestParams":{"a":"\#(macro)"}}"#)
            #expect(found.first?.contains("which only POST(JSON) can send") == true)
        }
    }

    @Test func `no params make an empty form and an empty object`() throws {
        #expect(body(try request(#"{"url":"https://h.example/","httpType":"POST(FORM)"}"#)) == "")
        #expect(body(try request(#"{"url":"https://h.example/","httpType":"POST(JSON)"}"#)) == "{}")
    }

    @Test(arguments: [
        ("GET", "https://h.example/?b=1&l=x", nil), ("POST(FORM)", "https://h.example/", "b=1&l=x"),
        ("POST(JSON)", "https://h.example/", #"{"b":1,"l":["","x"]}"#),
    ])
    func `omitEmptyParams leaves out what renders empty`(type: String, url: String, expected: String?) throws {
        let sent = try request(
            #"{"url":"https://h.example/","httpType":"\#(type)","omitEmptyParams":true,"requestParams":{"a":"{sub2}","b":1,"c":null,"l":["{sub2}","x"]}}"#
        )
        #expect(sent.url == url)
        #expect(body(sent) == expected)
    }

    @Test func `skipWhenEmpty sends nothing`() throws {
        let settings =
            #"{"url":"https://h.example/","httpType":"GET","skipWhenEmpty":["sub1","click_id","params.empty"]}"#
        #expect(throws: RenderingError.missingValue(macro: "params.empty")) { try request(settings) }
        #expect(throws: RenderingError.missingValue(macro: "click_id")) {
            try request(settings, .make { $0.clickID = nil })
        }
    }

    @Test func `every request says who sends it and which delivery it is`() throws {
        let sent = try request(#"{"url":"https://h.example/","httpType":"GET"}"#, .make(attempt: 3))
        #expect(
            sent.headers.map { "\($0.name): \($0.value)" } == [
                "User-Agent: postbacks/0.1.0", "Accept: */*", "Postback-Delivery-Id: 42", "Postback-Attempt: 3",
            ])
    }

    @Test func `own headers replace defaults and are there once`() throws {
        let sent = try request(
            #"{"url":"https://h.example/","httpType":"POST(JSON)","requestHeaders":{"content-type":"application/vnd.x+json","user-agent":"me","X-Click":"  {sub1} "}}"#
        )
        #expect(header("Content-Type", sent) == "application/vnd.x+json")
        #expect(header("User-Agent", sent) == "me")
        #expect(header("X-Click", sent) == "s1")
        #expect(Set(sent.headers.map { $0.name.lowercased() }).count == sent.headers.count)
    }

    @Test(arguments: ["\r\nX: 1", "\n", "\t", "\u{0}", "\u{7F}", "\u{85}"])
    func `a control character in a header's value sends nothing`(value: String) throws {
        let settings =
            #"{"url":"https://h.example/","httpType":"GET","requestHeaders":{"X-A":"a{params.v}b","X-Api-Key":"k"}}"#
        #expect(throws: RenderingError.unsafeHeader(name: "X-A")) {
            try request(settings, .make { $0.params = [("v", value)] })
        }
        let secret = #"{"url":"https://h.example/","httpType":"GET","requestHeaders":{"X-Token":"a{params.v}b"}}"#
        #expect(throws: RenderingError.unsafeHeader(name: "X-Token")) {
            try request(secret, .make { $0.params = [("v", value)] })
        }
    }

    @Test(arguments: [
        (#"{"login":"ann","password":"päss:word"}"#, "Basic YW5uOnDDpHNzOndvcmQ="),
        (#"{"token":"YTpi"}"#, "Basic YTpi"),
        (#"{"token":"abc!","scheme":"Bearer"}"#, "Bearer abc!"), (#"{"login":"key","password":""}"#, "Basic a2V5Og=="),
    ])
    func `basicAuth becomes the Authorization header and is masked`(auth: String, expected: String) throws {
        let sent = try request(#"{"url":"https://h.example/","httpType":"GET","basicAuth":\#(auth)}"#)
        #expect(header("Authorization", sent) == expected)
        #expect(sent.masked["headers"]?["Authorization"] == "***")
        #expect(!"\(sent)".contains(expected))
    }

    @Test func `the signature covers id, time and body`() throws {
        let sent = try request(
            #"{"url":"https://h.example/","httpType":"POST(JSON)","requestParams":{"a":1},"signingSecret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#
        )
        let signature = try #require(StandardWebhookSignature(secret: Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
        #expect(header("webhook-id", sent) == "42")
        #expect(header("webhook-timestamp", sent) == "1700000200")
        #expect(
            header("webhook-signature", sent)
                == signature.value(id: "42", timestamp: 1_700_000_200, body: Array(#"{"a":1}"#.utf8)))
    }

    @Test func `the record masks secret headers and nothing else`() throws {
        let sent = try request(
            #"{"url":"https://h.example/","httpType":"POST(FORM)","requestParams":{"a":"é"},"requestHeaders":{"X-Api-Key":"k-{sub1}","X-Plain":"p"}}"#
        )
        #expect(header("X-Api-Key", sent) == "k-s1")
        #expect(sent.masked["headers"]?["X-Api-Key"] == "***")
        #expect(sent.masked["headers"]?["X-Plain"] == "p")
        #expect(sent.masked["body"] == "a=%C3%A9")
        #expect(sent.masked["method"] == "POST")
        var shown = ""
        dump(sent, to: &shown)
        #expect(!shown.contains("k-s1"))
    }

    @Test(arguments: ["GET", "POST(FORM)", "POST(JSON)"])
    func `values that would fill the memory are not sent`(type: String) throws {
        let many = String(repeating: "{params.v}", count: 200)
        let settings = #"{"url":"https://h.example/","httpType":"\#(type)","requestParams":{"a":"\#(many)"}}"#
        let values = MacroValues.make { $0.params = [("v", String(repeating: "x", count: 1 << 20))] }
        #expect(throws: RenderingError.tooLarge) { try request(settings, values) }
        let list = (0..<200).map { _ in "\"{params.v}\"" }.joined(separator: ",")
        #expect(throws: RenderingError.tooLarge) {
            try request(#"{"url":"https://h.example/","httpType":"\#(type)","requestParams":{"a":[\#(list)]}}"#, values)
        }
        #expect(throws: RenderingError.tooLarge) {
            try request(
                #"{"url":"https://h.example/","httpType":"\#(type)","requestHeaders":{"X-A":"\#(many)"}}"#, values)
        }
        let five = "{params.v}{params.v}{params.v}{params.v}{params.v}"
        #expect(throws: RenderingError.tooLarge) {
            try request(
                #"{"url":"https://h.example/","httpType":"\#(type)","requestHeaders":{"X-A":"\#(five)","X-B":"\#(five)"}}"#,
                values)
        }
        #expect(throws: RenderingError.tooLarge) {
            try request(#"{"url":"https://h.example/\#(many)","httpType":"\#(type)"}"#, values)
        }
    }

    private func header(_ name: String, _ request: OutgoingRequest) -> String? {
        request.headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
