import Gateway
import Secrets
import Store
import System
import Testing

/// Tests who may call: keys, sign-ins, hosts and origins.
struct AccessTests {
    private func key(_ id: Int, _ scope: Scope, secret: String, milliseconds: Int? = nil) -> LoadKeys.Key {
        LoadKeys.Key(
            id: id, name: "key \(id)", scope: scope, digest: APIKey.digest(of: secret).hexadecimalText,
            milliseconds: milliseconds)
    }

    @Test func `a key is pbk, its number and 64 digits, and nothing else is one`() {
        let secret = APIKey.secret()
        let key = APIKey(id: 12, secret: secret)
        #expect(key.text == "pbk_12_\(secret)")
        #expect(APIKey(key.text) == key)
        #expect(secret != APIKey.secret())
        for text in [
            "", "pbk", "pbk__\(secret)", "pbk_0_\(secret)", "pbk_-1_\(secret)", "pbk_012_\(secret)", "PBK_12_\(secret)",
            "pbk_12_\(secret.dropLast())", "pbk_12_\(secret)0", "pbk_12_\(secret.uppercased())x", "pbk_12_\(secret)\n",
        ] {
            #expect(APIKey(text) == nil, "\(text)")
        }
    }

    @Test func `without a key this machine may do everything, and others nothing`() {
        let now = Instant.now
        let local = KeyRing(isLocal: true)
        let open = KeyRing(isLocal: false)
        #expect(local.caller(nil, at: now) == .unknown)
        for ring in [local, open] { ring.replace(with: LoadKeys.Answer(keys: [], exist: false), at: now) }
        #expect(local.caller(nil, at: now) == .caller(.anybody))
        #expect(local.isUnguarded && !open.isUnguarded)
        #expect(open.caller(nil, at: now) == .noKey)
    }

    @Test func `as soon as one key exists every call needs one, also when it was revoked`() {
        let now = Instant.now
        let secret = APIKey.secret()
        let ring = KeyRing(isLocal: true)
        ring.replace(with: LoadKeys.Answer(keys: [key(1, .record, secret: secret)], exist: true), at: now)
        let text = APIKey(id: 1, secret: secret).text
        #expect(ring.caller(text, at: now) == .caller(.key(id: 1, name: "key 1", scope: .record)))
        #expect(ring.caller(nil, at: now) == .noKey)
        #expect(ring.caller(APIKey(id: 1, secret: APIKey.secret()).text, at: now) == .wrongKey)
        #expect(ring.caller(APIKey(id: 2, secret: secret).text, at: now) == .wrongKey)
        #expect(ring.takeUsed() == [1] && ring.takeUsed() == [])
        ring.replace(with: LoadKeys.Answer(keys: [], exist: true), at: now)
        #expect(ring.caller(text, at: now) == .wrongKey)
        #expect(ring.caller(nil, at: now) == .noKey)
    }

    @Test func `a key ends at its time, and no key counts that could not be read again`() {
        let now = Instant.now
        let secret = APIKey.secret()
        let ring = KeyRing(isLocal: true)
        ring.replace(
            with: LoadKeys.Answer(keys: [key(1, .read, secret: secret, milliseconds: 1000)], exist: true), at: now)
        let text = APIKey(id: 1, secret: secret).text
        #expect(ring.caller(text, at: now + .milliseconds(999)) != .wrongKey)
        #expect(ring.caller(text, at: now + .milliseconds(1000)) == .wrongKey)
        #expect(ring.caller(ofID: 1, at: now + .milliseconds(1000)) == nil)
        #expect(ring.caller(text, at: now + KeyRing.patience + .milliseconds(1)) == .unknown)
    }

    @Test func `manage allows everything, and the others only what is theirs`() {
        #expect(Scope.allCases.allSatisfy { Scope.manage.allows($0) })
        #expect(Scope.record.allows(.record) && !Scope.record.allows(.read) && !Scope.record.allows(.manage))
        #expect(Scope.read.allows(.read) && !Scope.read.allows(.record) && !Scope.read.allows(.manage))
        #expect(FunctionNames.scope(of: "deliverPostback") == .manage)
        #expect(FunctionNames.scope(of: "redactConversion") == .manage)
        #expect(FunctionNames.scope(of: "previewPostback") == .read)
        #expect(FunctionNames.all.filter { FunctionNames.scope(of: $0) == .record } == FunctionNames.recording)
        #expect(FunctionNames.scope(of: "someLaterFunction") == .manage)
    }

    @Test func `a sign-in ends after twelve hours and when it is signed out`() {
        let sessions = Sessions()
        let now = Instant.now
        let token = sessions.start(key: 3, at: now)
        #expect(sessions.key(of: token, at: now + .seconds(12 * 3600 - 1)) == 3)
        #expect(sessions.key(of: token, at: now + .seconds(12 * 3600)) == nil)
        #expect(sessions.key(of: "x", at: now) == nil)
        sessions.end(token)
        #expect(sessions.key(of: token, at: now) == nil)
        #expect(
            Sessions.setting(token)
                == "postbacks_session=\(token); HttpOnly; SameSite=Strict; Path=/; Max-Age=43200")
        let request = Request(
            method: "GET", target: "/", headers: [Request.Header("Cookie", "a=b; postbacks_session=\(token); c=d")])
        #expect(Sessions.token(in: request) == token)
    }

    private let rules = HostRules(bound: "127.0.0.1", listed: ["Postbacks.example.com", "other.example:8443"])

    private func check(_ headers: [(String, String)], method: String = "POST") throws(Refusal) {
        let request = Request(method: method, target: "/", headers: headers.map { Request.Header($0.0, $0.1) })
        try rules.check(request)
        try rules.checkOrigin(request)
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]", "[::1]:8080", "postbacks.example.com",
        "postbacks.example.com:443", "other.example:9",
    ])
    func `the gateway answers under its own names`(host: String) {
        #expect(throws: Never.self) { try check([("Host", host)]) }
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8080", "[::2]",
        "localhost@evil",
        "0.0.0.0",
    ])
    func `and under no other, so that a page cannot lead its own name here`(host: String) {
        #expect(#expect(throws: Refusal.self) { try check([("Host", host)]) }?.status == 421)
    }

    @Test func `no host and two hosts are bad requests`() {
        #expect(#expect(throws: Refusal.self) { try check([]) }?.status == 400)
        #expect(
            #expect(throws: Refusal.self) { try check([("Host", "localhost"), ("Host", "localhost")]) }?.status == 400)
    }

    @Test(arguments: [
        ("http://evil.example", "same-origin"), ("http://localhost:3000", "same-origin"), ("null", "same-origin"),
        ("http://localhost:8080", "cross-site"), ("http://localhost:8080", "same-site"),
        ("ftp://localhost:8080", "none"),
    ])
    func `the page of another site may not call`(origin: String, site: String) {
        let headers = [("Host", "localhost:8080"), ("Origin", origin), ("Sec-Fetch-Site", site)]
        #expect(#expect(throws: Refusal.self) { try check(headers) }?.status == 403)
        #expect(throws: Never.self) { try check(headers, method: "GET") }
    }

    @Test func `its own page and programs may call, also through a proxy with a listed name`() {
        #expect(throws: Never.self) {
            try check([
                ("Host", "localhost:8080"), ("Origin", "http://localhost:8080"), ("Sec-Fetch-Site", "same-origin"),
            ])
            try check([("Host", "localhost:8080")])
            try check([("Host", "127.0.0.1:8080"), ("Origin", "https://postbacks.example.com")])
        }
    }

    @Test func `only addresses of this machine are local`() {
        #expect(["127.0.0.1", "127.8.0.9", "::1", "localhost"].allSatisfy(HostRules.isLoopback))
        #expect(
            !["0.0.0.0", "::", "10.0.0.1", "127.evil.example", "localhost.evil"].contains(where: HostRules.isLoopback))
    }
}

extension [UInt8] {
    fileprivate var hexadecimalText: String { map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}
