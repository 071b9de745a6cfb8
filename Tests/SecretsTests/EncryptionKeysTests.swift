import Secrets
import Testing
import Text

@Suite struct EncryptionKeysTests {
    private static let one = Base64.encode([UInt8](repeating: 1, count: 32))
    private static let two = Base64.encode([UInt8](repeating: 2, count: 32))
    private let context = SealContext("postback", id: 17, field: "basicAuth.password")

    @Test func `what is sealed opens in its place`() throws {
        let keys = try EncryptionKeys(parsing: "a:\(Self.one)\n")
        for text in ["", "hunter2", "Grüße 👋"] {
            let sealed = keys.seal(Secret(text), for: context)
            #expect(sealed.hasPrefix("v1.a."))
            #expect(try keys.open(sealed, for: context).revealed == text)
        }
    }

    @Test func `in JSON the ids of the keys under which something is sealed are found, in every form`() throws {
        let keys = try EncryptionKeys(parsing: "key-1:\(Self.one)")
        for origin in [nil, "https://example.com:443"] {
            let context = SealContext("postback", id: 17, field: "basicAuth.password", origin: origin)
            let sealed = keys.seal(Secret("x"), for: context)
            #expect(EncryptionKeys.ids(inJSON: Array(#"{"a":1,"b":{"sealed":"\#(sealed)"}}"#.utf8)) == ["key-1"])
        }
        for text in [
            "", #"{"sealed":""}"#, #"{"sealed":"x:AAAA"}"#, #"{"a":"v1.."}"#, "v1.a.b", "\"v1.", #"{"a":"v3.k.A"}"#,
        ] {
            #expect(EncryptionKeys.ids(inJSON: Array(text.utf8)).isEmpty, "\(text)")
        }
    }

    @Test func `the same secret is sealed differently each time`() throws {
        let keys = try EncryptionKeys(parsing: Self.one)
        #expect(keys.seal(Secret("x"), for: context) != keys.seal(Secret("x"), for: context))
    }

    @Test func `a secret does not open for another row, field or kind`() throws {
        let keys = try EncryptionKeys(parsing: Self.one)
        let sealed = keys.seal(Secret("x"), for: context)
        for other in [
            SealContext("postback", id: 18, field: "basicAuth.password"),
            SealContext("postback", id: 17, field: "basicAuth.token"),
            SealContext("offer", id: 17, field: "basicAuth.password"),
        ] {
            #expect(throws: SealError.tampered) { try keys.open(sealed, for: other) }
        }
    }

    @Test func `what is sealed for an origin opens for no other one, and not without one`() throws {
        let keys = try EncryptionKeys(parsing: "a:\(Self.one)")
        func bound(_ origin: String?) -> SealContext {
            SealContext("postback", id: 17, field: "basicAuth.password", origin: origin)
        }
        let sealed = keys.seal(Secret("x"), for: bound("https://example.com:443"))
        #expect(sealed.hasPrefix("v2.a.") && EncryptionKeys.isBoundToOrigin(sealed))
        #expect(try keys.open(sealed, for: bound("https://example.com:443")) == Secret("x"))
        for other in ["https://example.org:443", "http://example.com:443", "https://example.com:8443", nil] {
            #expect(throws: SealError.tampered) { try keys.open(sealed, for: bound(other)) }
            #expect(throws: SealError.tampered) {
                try keys.open(sealed.replacing("v2.", with: "v1."), for: bound(other))
            }
        }
    }

    @Test func `what was sealed for no origin opens, and is sealed anew for one under the same key`() throws {
        let keys = try EncryptionKeys(parsing: "a:\(Self.one)")
        let bound = SealContext(
            "postback", id: 17, field: "basicAuth.password", origin: "https://example.com:443")
        let old = keys.seal(Secret("x"), for: context)
        #expect(!EncryptionKeys.isBoundToOrigin(old))
        #expect(try keys.open(old, for: bound) == Secret("x"))
        #expect(throws: SealError.tampered) {
            try keys.open(old.replacing("v1.", with: "v2."), for: bound)
        }
        #expect(try keys.reseal(old, for: context) == nil)
        let new = try #require(try keys.reseal(old, for: bound))
        #expect(new.hasPrefix("v2.a."))
        #expect(try keys.open(new, for: bound) == Secret("x"))
        #expect(try keys.reseal(new, for: bound) == nil)
    }

    @Test func `the first key seals and all open`() throws {
        let old = try EncryptionKeys(parsing: "old:\(Self.one)")
        let both = try EncryptionKeys(parsing: "new:\(Self.two), old:\(Self.one)")
        let sealed = old.seal(Secret("x"), for: context)
        #expect(try both.open(sealed, for: context) == Secret("x"))
        #expect(both.seal(Secret("x"), for: context).hasPrefix("v1.new."))
        #expect(throws: SealError.unknownKey(id: "new")) {
            try old.open(both.seal(Secret("x"), for: context), for: context)
        }
    }

    @Test func `a key of the same id but other bytes opens nothing`() throws {
        let sealed = try EncryptionKeys(parsing: Self.one).seal(Secret("x"), for: context)
        #expect(throws: SealError.tampered) { try EncryptionKeys(parsing: Self.two).open(sealed, for: context) }
    }

    @Test(arguments: ["", "v1", "v3.1.AAAA", "v2.1.AAAA", "v1.1.AAAA", "v1.1.!!!!", "v1..AAAA", "v1.1.AAAA.AAAA"])
    func `a value that is not sealed is malformed`(text: String) throws {
        let keys = try EncryptionKeys(parsing: Self.one)
        #expect(throws: SealError.malformed) { try keys.open(text, for: context) }
    }

    @Test(arguments: [
        ("", MalformedKeys.Reason.key), ("a:", .key), ("a:c2hvcnQ=", .key), ("a b:\(one)", .id), (":\(one)", .id),
        ("ü:\(one)", .id), ("a:\(one),", .key), ("a:\(one),a:\(two)", .repeatedID), ("\(one),\(two)", .repeatedID),
    ])
    func `a wrong setting is refused without its text`(text: String, reason: MalformedKeys.Reason) {
        let error = #expect(throws: MalformedKeys.self) { try EncryptionKeys(parsing: text) }
        #expect(error?.reason == reason)
        #expect(error.map { "\($0)".contains(Self.one) || "\($0)".contains("c2hvcnQ") } == false)
    }

    @Test func `keys and secrets do not print`() throws {
        let keys = try EncryptionKeys(parsing: "a:\(Self.one)")
        let secret = Secret("hunter2")
        var shown = ""
        dump(keys, to: &shown)
        dump([secret], to: &shown)
        shown += "\(keys) \(secret) \(String(reflecting: secret)) \(Optional(secret) as Any) \([secret])"
        #expect(!shown.contains("hunter2"))
        #expect(!shown.contains(Self.one))
        #expect("\(secret)" == "***")
    }
}
