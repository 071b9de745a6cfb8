import Input
import JSON
import Secrets
import Testing
import Text

@testable import Domain

@Suite struct RequestTemplateTests {
    private func wrong(_ settings: String, from source: StoredSecret.Source = .caller) -> [String] {
        faults(
            .object { fields in RequestTemplate(&fields, from: source) },
            #"{"url":"https://h.example/","httpType":"GET",\#(settings)}"#
        ).map { String($0.dropFirst("value.".count)) }
    }

    @Test(arguments: [
        ("Host", "follows from the URL"), ("content-length", "follows from the body"),
        ("Transfer-Encoding", "follows from the body"),
        ("Connection", "belongs to the connection"), ("KEEP-ALIVE", "belongs to the connection"),
        ("TE", "belongs to the connection"),
        ("Trailer", "belongs to the connection"), ("Upgrade", "belongs to the connection"),
        ("Proxy-Authorization", "belongs to the connection"), ("Proxy-Connection", "belongs to the connection"),
        ("Expect", "cannot be set"), ("postback-attempt", "is set by this system"),
        ("Webhook-Id", "is set by this system"),
        ("", "is not a header name"), ("X A", "is not a header name"), ("X:", "is not a header name"),
        ("X-Ü", "is not a header name"),
        (#"X\r\nY"#, "is not a header name"), (#"X\u0001"#, "is not a header name"),
    ])
    func `a header that nobody may set is refused`(name: String, message: String) {
        let found = wrong(#""requestHeaders":{"\#(name)":"x"}"#)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(arguments: [#"a\r\nb"#, #"a\nb"#, #"a\tb"#, #"\u007f"#])
    func `control characters in a header's value are refused`(value: String) {
        #expect(wrong(#""requestHeaders":{"X-A":"\#(value)"}"#).count == 1)
        #expect(wrong(#""requestHeaders":{"X-Token":"\#(value)"}"#).count == 1)
    }

    @Test func `header names do not differ by case`() {
        #expect(
            wrong(#""requestHeaders":{"X-A":"1","x-a":"2"}"#) == [
                "requestHeaders.x-a occurs twice; upper and lower case make no difference in header names"
            ])
    }

    @Test(arguments: [
        "Authorization", "cookie", "X-Api-Key", "apikey", "X-Auth-Token", "Client-Secret", "X-Signature", "X-Password",
        "X-Auth",
    ])
    func `a header that speaks of a secret is masked and sealed`(name: String) throws {
        let read = try template(
            #"{"url":"https://h.example/","httpType":"GET","requestHeaders":{"\#(name)":"s3cret","X-Other":"open"}}"#,
            from: .caller)
        #expect(read.hasPlainSecrets)
        #expect(read.masked["requestHeaders"]?[name] == "***")
        #expect(read.masked["requestHeaders"]?["X-Other"] == "open")
        let keys = try EncryptionKeys(parsing: Base64.encode(randomBytes(32)))
        #expect(!read.stored(of: 1, with: keys).encodedText.contains("s3cret"))
    }

    @Test(arguments: [
        (#""basicAuth":{"login":"a"}"#, "basicAuth.password is missing"),
        (#""basicAuth":{}"#, "basicAuth.login is missing"),
        (#""basicAuth":{"login":"a:b","password":"x"}"#, "basicAuth.login must not contain a colon"),
        (#""basicAuth":{"token":"x","login":"a"}"#, "basicAuth must have either login and password, or a token"),
        (#""basicAuth":{"token":"a b"}"#, "basicAuth.token must consist of visible ASCII"),
        (#""basicAuth":{"token":"a=b"}"#, "basicAuth.token must be token68"),
        (#""basicAuth":{"token":"a,b"}"#, "basicAuth.token must be token68"),
        (#""basicAuth":{"token":"a","scheme":"bearer"}"#, #"basicAuth.scheme must be one of "Basic", "Bearer""#),
        (#""basicAuth":{"login":"a","password":"***"}"#, "basicAuth.password is the mask"),
        (#""basicAuth":{"login":"a","password":"a\nb"}"#, "basicAuth.password must not contain control"),
        (#""basicAuth":{"login":"a","password":{"sealed":"x"}}"#, "basicAuth.password must be a string"),
        (
            #""basicAuth":{"token":"x"},"requestHeaders":{"authorization":"y"}"#,
            "requestHeaders.authorization is given together with basicAuth"
        ),
        (#""signingSecret":"abc""#, "signingSecret must be whsec_"),
        (#""requestParams":{"a":{"b":1}}"#, "requestParams.a is nested"),
        (#""requestParams":{"a":[[1]]}"#, "requestParams.a[0] is nested"),
        (#""requestParams":{"a":"{payout:number}"}"#, "requestParams.a uses :number"),
        (#""requestParams":{"a":"{clik_id}"}"#, #"requestParams.a has no macro "clik_id""#),
        (#""requestParams":{"{sub1}":"x"}"#, "requestParams.{sub1} has braces"),
        (#""requestParams":[1]"#, "requestParams must be an object"),
        (#""skipWhenEmpty":["click_id","clik"]"#, #"skipWhenEmpty[1] has no macro "clik""#),
        (#""successWhen":{"statuses":["199"]}"#, "successWhen.statuses[0] must be a status or range"),
        (#""successWhen":{"statuses":["204-200"]}"#, "successWhen.statuses[0] must be"),
        (#""successWhen":{"statuses":["200-500"]}"#, "successWhen.statuses[0] must be"),
        (#""successWhen":{"statuses":[]}"#, "successWhen.statuses must"),
        (#""succesWhen":{}"#, #"succesWhen is not a field here; did you mean "successWhen"?"#),
    ])
    func `a fault is named with its path`(settings: String, message: String) {
        let found = wrong(settings)
        #expect(found.first?.hasPrefix(message) == true, "\(found)")
    }

    @Test func `a fault in a secret does not repeat it`() {
        let found =
            wrong(
                #""basicAuth":{"token":"s3cret s3cret"},"signingSecret":"whsec_s3cret","requestHeaders":{"X-Key":"{s3cret}"}"#
            )
        #expect(found.count == 3)
        #expect(!found.joined().contains("s3cret"))
    }

    @Test func `secrets are stored sealed, and open for their postback only`() throws {
        let keys = try EncryptionKeys(parsing: Base64.encode(randomBytes(32)))
        let settings =
            #"{"url":"https://h.example/","httpType":"POST(JSON)","basicAuth":{"login":"a","password":"s3cret"},"requestHeaders":{"X-Key":"{sub1}-s3cret"},"signingSecret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#
        let plain = try template(settings, from: .caller)
        let stored = plain.stored(of: 17, with: keys)
        #expect(!stored.encodedText.contains("s3cret"))
        #expect(!stored.encodedText.contains("whsec_"))
        #expect(!plain.masked.encodedText.contains("s3cret"))
        #expect(!plain.masked.encodedText.contains("whsec_"))
        let read = try template(stored.encodedText)
        let values = MacroValues.make()
        #expect(
            try RequestRendering(read, postbackID: 17, keys: keys).request(for: values)
                == RequestRendering(plain).request(for: values))
        #expect(read.masked == plain.masked)
        #expect(throws: RenderingError.secret("basicAuth.password cannot be opened: \(SealError.tampered)")) {
            try RequestRendering(read, postbackID: 18, keys: keys).request(for: values)
        }
        #expect(
            throws: RenderingError.missingKey("basicAuth.password is sealed, and POSTBACKS_ENCRYPTION_KEY is not set")
        ) {
            try RequestRendering(read, postbackID: 17).request(for: values)
        }
    }

    @Test func `a secret cannot be moved to another header`() throws {
        let keys = try EncryptionKeys(parsing: Base64.encode(randomBytes(32)))
        let plain = try template(#"{"url":"https://h.example/","httpType":"GET","requestHeaders":{"X-Key":"s"}}"#)
        let moved = plain.stored(of: 1, with: keys).encodedText.replacing("X-Key", with: "X-Token")
        #expect(throws: RenderingError.self) {
            try RequestRendering(template(moved), postbackID: 1, keys: keys).request(for: .make())
        }
    }

    @Test func `an update changes what it gives and keeps the rest`() throws {
        let old = try template(
            #"{"url":"https://h.example/","httpType":"GET","basicAuth":{"token":"abc"},"requestParams":{"a":1},"omitEmptyParams":true}"#
        )
        let new = old.changed(by: try read(.changes, #"{"url":"https://x.example/","requestParams":null}"#).get())
        #expect(new.url.host == "x.example")
        #expect(new.basicAuth == old.basicAuth)
        #expect(new.requestParams == .none)
        #expect(new.omitEmptyParams)
        let cleared = old.changed(by: try read(.changes, #"{"basicAuth":null}"#).get())
        #expect(cleared.basicAuth == nil)
        let nested = old.changed(by: try read(.changes, #"{"requestParams":{"a":{"b":1}}}"#).get())
        #expect(nested.faults.map(\.field) == ["requestParams.a"])
        #expect(faults(.changes, #"{"url":null,"httpType":null}"#).count == 2)
    }

    @Test func `the settings that are stored are read as they were`() throws {
        let keys = try EncryptionKeys(parsing: Base64.encode(randomBytes(32)))
        let settings =
            #"{"url":"https://h.example/","httpType":"GET","requestParams":{"b":12.30,"a":[null,"x"]},"skipWhenEmpty":["sub3","params.x"],"omitEmptyParams":true,"successWhen":{"statuses":["200-204","299"],"bodyContains":"OK","retry":true}}"#
        let once = try template(settings).stored(of: 1, with: keys)
        #expect(try template(once.encodedText).stored(of: 1, with: keys) == once)
        #expect(once["requestParams"]?["b"] == .number("12.30"))
        #expect(once["skipWhenEmpty"] == ["sub3", "params.x"])
    }
}

extension Rule<RequestChanges> {
    fileprivate static var changes: Rule { object { fields in RequestChanges(&fields) } }
}
