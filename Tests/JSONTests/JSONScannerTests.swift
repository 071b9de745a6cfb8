import JSON
import Testing

/// Tests that the scanner recognises usual objects, and nothing that the parser refuses.
struct JSONScannerTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func isObject(_ bytes: [UInt8]) -> Bool {
        if case .object? = try? JSON(parsing: bytes) { true } else { false }
    }

    @Test(arguments: [
        "{}", " {\t\"a\" :\r\n1 , \"b\":[ ] } \n", #"{"a":-0.5e+10,"b":0,"c":1E2,"d":[true,false,null,"x",{}]}"#,
        #"{"a":"\"\\\/\b\f\n\r\té\u00e9\uD83D\uDE00\u0001"}"#, #"{"é":"é😀\u007f","b":1}"#, #"{"":0}"#,
        #"{"a":{"a":{"a":1}},"b":{"a":2},"c":[{"a":3},{"a":4}]}"#,
        String(repeating: #"{"a":"#, count: 64) + "1" + String(repeating: "}", count: 64),
    ])
    func `usual objects are recognised`(text: String) {
        #expect(PlainObject.isAll(of: bytes(text)))
        #expect(isObject(bytes(text)))
    }

    @Test(arguments: [
        "", " ", "[]", "1", "\"a\"", "null", "{", "}", "{}}", "{}{}", "{} x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}",
        "{\"a\":[1}",
        "{\"a\":01}", "{\"a\":-}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":+1}", "{\"a\":tru}",
        "{\"a\":nulll}",
        "{\"a\":True}", #"{"a":1,"a":2}"#, #"{"a":1,"b":{"c":1,"c":2}}"#, #"{"a":1,"\u0061":2}"#, #"{"é":1,"é":2}"#,
        #"{"a":"\u0000"}"#, #"{"a":"\uD800"}"#, #"{"a":"\uD800\n"}"#, #"{"a":"\uD83Dx"}"#, #"{"a":"\uDE00\uD83D"}"#,
        #"{"a":"\uD83D\u0041"}"#, #"{"a":"\u12G4"}"#, #"{"a":"\x41"}"#, #"{"a":"\"#, "{\"a\":\"\n\"}",
        "{\"a\":\"\u{1f}\"}",
        "{\"a\":\"x", "\u{feff}{}", "{}\0", "{\"a\u{0}\":1}",
        String(repeating: #"{"a":"#, count: 65) + "1" + String(repeating: "}", count: 65),
        "{\"a\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
        "{\"a\":" + String(repeating: "[", count: 1_000_000),
    ])
    func `what the parser refuses is not recognised`(text: String) {
        #expect(!PlainObject.isAll(of: bytes(text)))
        #expect(!isObject(bytes(text)))
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xC3], [0xFF],
        ] as [[UInt8]])
    func `what is not UTF-8 is not recognised`(bytes: [UInt8]) {
        #expect(!PlainObject.isAll(of: self.bytes("{\"a\":\"") + bytes + self.bytes("\"}")))
        #expect(!PlainObject.isAll(of: self.bytes("{\"") + bytes + self.bytes("\":1}")))
    }

    @Test func `rare forms are left to the parser`() {
        let many = "{\((0..<33).map { "\"n\($0)\":0" }.joined(separator: ","))}"
        for text in [many, #"{"\u0061":1}"#] {
            #expect(!PlainObject.isAll(of: bytes(text)))
            #expect(isObject(bytes(text)))
        }
    }

    /// Each byte is replaced by each other one, and left out.
    @Test func `no small change makes the scanner recognise what the parser refuses`() {
        let text = #" {"a":[-1.5e+2,0,true],"é":{"b":"\u00e9\ud83d\ude00\n","a":null} ,"c":{}}"#
        let original = bytes(text)
        var recognised = 0
        for index in original.indices {
            var changed = original
            for byte in UInt8.min...UInt8.max {
                changed[index] = byte
                guard PlainObject.isAll(of: changed) else { continue }
                recognised += 1
                if !isObject(changed) { Issue.record("\(String(decoding: changed, as: UTF8.self))") }
            }
            changed.remove(at: index)
            if PlainObject.isAll(of: changed), !isObject(changed) {
                Issue.record("\(String(decoding: changed, as: UTF8.self))")
            }
        }
        // Letters and digits may be others.
        #expect(recognised > 1000)
    }

    @Test func `the end of an object inside other text is found`() {
        let text = bytes(#"{"id":1,"output":{"a":"}"}} more"#)
        #expect(PlainObject.end(in: text, from: 17) == 26)
        #expect(PlainObject.end(in: text, from: 16) == nil)
        #expect(PlainObject.end(in: text, from: text.count) == nil)
    }
}
