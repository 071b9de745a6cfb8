import Input
import JSON
import Testing

@testable import Domain

/// Tests the limits of a postback, which apply to a caller's input, not to a stored postback.
struct BoundsTests {
    private static func map(_ entries: Int) -> String {
        "{click_id:" + (0..<entries).map { "\($0)=v" }.joined(separator: ",") + "}"
    }

    private static func repeated(_ count: Int, _ member: (Int) -> String) -> String {
        "{" + (0..<count).map(member).joined(separator: ",") + "}"
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// A field, its largest value, a larger one, and the error for it.
    private static let cases: [(field: String, largest: String, larger: String, message: String)] = [
        (
            "requestParams", "{\"a\":\"\(text(8192))\"}", "{\"a\":\"\(text(8193))\"}",
            "requestParams.a must have at most 8192 bytes, not 8193"
        ),
        (
            "requestParams", "{\"a\":\"\(map(256))\"}", "{\"a\":\"\(map(257))\"}",
            "requestParams.a has a map for {click_id} of 257 entries; at most 256 are allowed"
        ),
        (
            "requestParams", repeated(256) { "\"p\($0)\":1" }, repeated(257) { "\"p\($0)\":1" },
            "requestParams must have at most 256 members, not 257"
        ),
        (
            "requestParams", "{\"a\":[\(text(255).map { "\"\($0)\"" }.joined(separator: ",")),[]]}",
            "{\"a\":[\(text(255).map { "\"\($0)\"" }.joined(separator: ",")),[],{}]}",
            "requestParams must have at most 256 values, including those in lists and objects, not 257"
        ),
        (
            "requestParams", repeated(8) { "\"\($0)\":\"\(text(8191))\"" },
            repeated(8) { "\"\($0)\":\"\(text($0 == 0 ? 8192 : 8191))\"" },
            "requestParams must have at most 65536 bytes in all names and values, not 65537"
        ),
        (
            "requestHeaders", "{\"A\":\"\(map(256))\"}", "{\"A\":\"\(map(257))\"}",
            "requestHeaders.A has a map for {click_id} of 257 entries; at most 256 are allowed"
        ),
        (
            "requestHeaders", "{\"X-Key\":\"\(map(256))\"}", "{\"X-Key\":\"\(map(257))\"}",
            "requestHeaders.X-Key has a map for {click_id} of 257 entries; at most 256 are allowed"
        ),
        (
            "requestHeaders", repeated(8) { "\"\($0)\":\"\(text(8191))\"" },
            repeated(8) { "\"\($0)\":\"\(text($0 == 0 ? 8192 : 8191))\"" },
            "requestHeaders must have at most 65536 bytes in all names and values, not 65537"
        ),
        (
            "requestHeaders", repeated(64) { "\"x-\($0)\":\"\"" }, repeated(65) { "\"x-\($0)\":\"\"" },
            "requestHeaders must have at most 64 members, not 65"
        ),
        (
            "url", "\"https://h.example/?a=\(map(256))\"", "\"https://h.example/?a=\(map(257))\"",
            "url has a map for {click_id} of 257 entries; at most 256 are allowed"
        ),
    ]

    private func settings(_ field: String, _ value: String) -> String {
        let url = field == "url" ? "" : "\"url\":\"https://h.example/\","
        return "{\(url)\"httpType\":\"POST(JSON)\",\"\(field)\":\(value)}"
    }

    private func faults(_ text: String, from source: StoredSecret.Source) throws -> [String] {
        let json = try JSON(parsing: Array(text.utf8))
        var fields = Fields(json.members)
        _ = RequestTemplate(&fields, from: source)
        return fields.faults.map { "\($0.field) \($0.message)" }
    }

    @Test(arguments: cases.indices)
    func `the largest value is taken, a larger one refused`(index: Int) throws {
        let (field, largest, larger, message) = Self.cases[index]
        #expect(try faults(settings(field, largest), from: .caller) == [])
        #expect(try faults(settings(field, larger), from: .caller) == [message])
    }

    @Test func `what is stored already may be larger and is sent`() throws {
        let params = "{\"a\":\"\(Self.map(20_000))\",\"b\":[\((0..<1000).map(String.init).joined(separator: ","))]}"
        let headers = "{\"A\":\"\(Self.map(1000))\",\"B\":\"\(Self.map(1000))\"}"
        let sent = try request(
            "{\"url\":\"https://h.example/\",\"httpType\":\"POST(FORM)\",\"requestParams\":\(params),\"requestHeaders\":\(headers)}",
            .make { $0.clickID = "19999" })
        let body = String(decoding: sent.body ?? [], as: UTF8.self)
        #expect(body.hasPrefix("a=v&b=0&b=1&"))
    }

    @Test func `a request of 256 KiB is sent, a larger one is not`() throws {
        func body(_ count: Int) throws -> Int {
            try request(
                #"{"url":"https://h.example/","httpType":"POST(FORM)","requestParams":{"a":"{params.v}"}}"#,
                .make { $0.params = [("v", Self.text(count))] }
            ).byteCount
        }
        let rest = try body(1000) - 1000
        #expect(try body(256 << 10 - rest) == 256 << 10)
        #expect(throws: RenderingError.tooLarge) { try body(256 << 10 - rest + 1) }
        #expect(Judgement(RenderingError.tooLarge).error?.code.rawValue == "too_large")
    }

    @Test func `of a body that is longer than 64 KiB the record has the beginning, whole characters, and says so`()
        throws
    {
        func record(_ value: String) throws -> JSON {
            try request(
                #"{"url":"https://h.example/","httpType":"POST(JSON)","requestParams":{"a":"{params.v}"}}"#,
                .make { $0.params = [("v", value)] }
            ).masked
        }
        let whole = try record(Self.text(65_000))
        #expect(whole["truncated"] == nil && whole["body"]?.text?.utf8.count == 65_000 + #"{"a":""}"#.utf8.count)
        for padding in 0..<4 {
            let cut = try record(Self.text(padding) + String(repeating: "😀", count: 20_000))
            let body = cut["body"]?.text ?? ""
            #expect(cut["truncated"] == true)
            #expect((65_533...65_536).contains(body.utf8.count) && body.unicodeScalars.last == "😀")
        }
    }
}
