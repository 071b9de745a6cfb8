import Input
import JSON
import Secrets
import Testing
import Text

@testable import Domain

/// Tests params whose names suggest a secret.
@Suite struct ParamSecretsTests {
    private let keys = try? EncryptionKeys(parsing: Base64.encode(randomBytes(32)))

    private func settings(_ params: String, _ type: String = "POST(JSON)") -> String {
        #"{"url":"https://h.example/?a=1","httpType":"\#(type)","requestParams":\#(params)}"#
    }

    private func fields(_ sealed: JSON) -> [String] {
        switch sealed {
        case .object(let members):
            sealed.sealedParam.map { [String($0.prefix(3))] } ?? members.flatMap { fields($0.value) }
        case .array(let items): items.flatMap(fields)
        default: []
        }
    }

    private static let params =
        #"{"api_key":"s3cret-1","c":"{click_id}","user":{"Password":"s3cret \"2\" {{x}}","name":"ann"},"tokens":["s3cret-3",70030,true,null,"",{"x":"s3cret-4"}],"keyword":"shown","auth":"{sub1}-shown","pwd":55505}"#

    @Test func `they are sealed in their places, whatever they stand in, and are sent as they were given`() throws {
        let keys = try #require(keys)
        let plain = try template(settings(Self.params), from: .caller)
        #expect(plain.hasPlainSecrets)
        let stored = plain.stored(of: 17, with: keys)
        let params = stored["requestParams"] ?? .null
        #expect(fields(params) == Array(repeating: "v2.", count: 6))
        for secret in ["s3cret", "70030", "55505"] { #expect(!stored.encodedText.contains(secret)) }
        #expect(params["keyword"] == "shown" && params["auth"] == "{sub1}-shown" && params["user"]?["name"] == "ann")
        let read = try template(stored.encodedText)
        #expect(!read.hasPlainSecrets)
        #expect(read.stored(of: 17, with: keys) == stored)
        let sent = try RequestRendering(read, postbackID: 17, keys: keys).request(for: .make())
        #expect(try sent == RequestRendering(plain).request(for: .make()))
        #expect(
            String(decoding: sent.body ?? [], as: UTF8.self)
                == #"{"api_key":"s3cret-1","auth":"s1-shown","c":"ck 1&2","keyword":"shown","pwd":55505,"tokens":["s3cret-3",70030,true,null,"",{"x":"s3cret-4"}],"user":{"Password":"s3cret \"2\" {x}","name":"ann"}}"#
        )
        for other in [
            RequestRendering(read, postbackID: 18, keys: keys), RequestRendering(read, postbackID: 17),
            RequestRendering(read, keys: keys),
        ] {
            #expect(throws: RenderingError.self) { try other.request(for: .make()) }
        }
    }

    @Test func `answers and attempts show masks in their places`() throws {
        let plain = try template(settings(Self.params), from: .caller)
        let masked =
            #"{"api_key":"***","c":"{click_id}","user":{"Password":"***","name":"ann"},"tokens":["***","***",true,null,"",{"x":"***"}],"keyword":"shown","auth":"{sub1}-shown","pwd":"***"}"#
        #expect(plain.masked["requestParams"]?.encodedText == masked)
        let sent = try RequestRendering(plain).request(for: .make())
        #expect(
            sent.masked["body"]
                == #"{"api_key":"***","auth":"s1-shown","c":"ck 1&2","keyword":"shown","pwd":"***","tokens":["***","***",true,null,"",{"x":"***"}],"user":{"Password":"***","name":"ann"}}"#
        )
        var shown = ""
        dump(sent, to: &shown)
        dump(plain.masked, to: &shown)
        #expect(!shown.contains("s3cret"))
    }

    @Test func `in a query and a form the record masks them too, and what a receiver repeats of them`() throws {
        let params = #"{"token":["a&b§1","x"],"c":"{click_id}","key":123456}"#
        let query = "c=ck%201%262&key=123456&token=a%26b%C2%A71&token=x"
        let get = try RequestRendering(template(settings(params, "GET"))).request(for: .make())
        #expect(get.url == "https://h.example/?a=1&\(query)")
        #expect(get.masked["url"] == "https://h.example/?a=1&c=ck%201%262&key=***&token=***&token=***")
        let form = try RequestRendering(template(settings(params, "POST(FORM)"))).request(for: .make())
        #expect(form.masked["body"] == "c=ck+1%262&key=***&token=***&token=***")
        for sent in [get, form] {
            let mask = SecretMask(of: sent)
            #expect(mask(#"{"token":"a&b\u00a71","key":"123456"}"#) == #"{"token":"***","key":"***"}"#)
            #expect(mask("a%26b%c2%a71 a&amp;b&sect;1 \(Base64.encode(Array("a&b§1".utf8)))") == "*** *** ***")
        }
    }

    @Test func `one that is moved to another name, place or origin does not open`() throws {
        let keys = try #require(keys)
        let stored = try template(settings(#"{"api_key":"s","x":{"token":"t"}}"#), from: .caller)
            .stored(of: 1, with: keys).encodedText
        for (from, to) in [("api_key", "apikey"), (#""x""#, #""y""#), ("h.example", "i.example")] {
            let moved = try template(stored.replacing(from, with: to))
            #expect(throws: RenderingError.self, "\(from)") {
                try RequestRendering(moved, postbackID: 1, keys: keys).request(for: .make())
            }
        }
    }

    @Test func `what an earlier version stored in plain is sent and masked, and sealed at the next occasion`() throws {
        let keys = try #require(keys)
        let old = try JSON(parsing: Array(Self.params.utf8))
        let read = try template(settings(Self.params))
        #expect(!read.masked.encodedText.contains("s3cret"))
        #expect(try RequestRendering(read).request(for: .make()).body != nil)
        var resealing = Resealing(of: SecretOwner(postbackID: 1, origin: "https://h.example:443"), with: keys)
        let new = resealing.requestParams(old)
        #expect(resealing.renewed == 6 && resealing.failures.isEmpty)
        let sealed = try template(settings(new.encodedText))
        #expect(!sealed.hasPlainSecrets)
        #expect(
            try RequestRendering(sealed, postbackID: 1, keys: keys).request(for: .make())
                == RequestRendering(read).request(for: .make()))
        var again = Resealing(of: SecretOwner(postbackID: 1, origin: "https://h.example:443"), with: keys)
        #expect(again.requestParams(new) == new)
        #expect(again.current == 6 && again.renewed == 0)
    }

    @Test(arguments: [
        #"{"api_key":"***"}"#, #"{"x":{"token":["***"]}}"#, #"{"token":"s3cret {"}"#, #"{"token":"{s3cret}"}"#,
        #"{"token":{"x":"s3cret}"}}"#, #"{"token":{"sealed":"v2.1.s3cret"}}"#, #"{"open":{"sealed":"v2.1.s3cret"}}"#,
    ])
    func `a mask, a broken template and what looks sealed are refused and not repeated`(params: String) {
        let rule = Rule<RequestTemplate>.object { fields in RequestTemplate(&fields, from: .caller) }
        let found = faults(rule, settings(params))
        #expect(found.count == 1, "\(found)")
        #expect(!found.joined().contains("s3cret"))
    }

    @Test func `an object of a caller's own that has a member of that name is no seal`() throws {
        let keys = try #require(keys)
        let plain = try template(settings(#"{"token":{"sealed":"mine"},"open":{"sealed":"yes"}}"#), from: .caller)
        let stored = plain.stored(of: 1, with: keys)
        #expect(stored["requestParams"]?["open"] == ["sealed": "yes"])
        #expect(!stored.encodedText.contains("mine"))
        let sent = try RequestRendering(template(stored.encodedText), postbackID: 1, keys: keys).request(for: .make())
        #expect(
            String(decoding: sent.body ?? [], as: UTF8.self) == #"{"open":{"sealed":"yes"},"token":{"sealed":"mine"}}"#)
    }
}
