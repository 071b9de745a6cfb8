import JSON
import Testing

struct JSONParserTests {
    private func parse(_ text: String) throws(MalformedJSON) -> JSON { try JSON(parsing: Array(text.utf8)) }

    private func refusal(_ bytes: [UInt8]) -> MalformedJSON? {
        do throws(MalformedJSON) {
            _ = try JSON(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ text: String) -> MalformedJSON? { refusal(Array(text.utf8)) }

    @Test func `every kind of value is read, and members keep their order`() throws {
        let json = try parse(" {\"b\" : [1, \"x\", true, false, null, {}, []],\t\"a\":\r\n{\"c\":-1.50}} ")
        #expect(
            json
                == .object([
                    JSON.Member("b", [1, "x", true, false, nil, .object([]), []]),
                    JSON.Member("a", ["c": .number("-1.50")]),
                ]))
    }

    @Test(arguments: ["0", "-0", "12.30", "1e-7", "1E+2", "-0.0", "123456789012345678901234567890.10", "1e400"])
    func `a number keeps its own text`(text: String) throws {
        #expect(try parse("[\(text)]") == [.number(text)])
    }

    @Test(arguments: [
        "01", "-01", "+1", "1.", ".5", "-", "-a", "1e", "1e+", "0x1", "1_0", "NaN", "Infinity", "-Infinity", "１",
    ])
    func `what is no number of RFC 8259 is refused`(text: String) {
        #expect(refusal("{\"a\":\(text)}") != nil)
        #expect(refusal(text) != nil)
    }

    @Test func `escapes are undone`() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0001""#) == .string("\"\\/\u{8}\u{c}\n\r\té😀\u{1}"))
        #expect(try parse(#""é😀""#) == "é😀")
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"b":0,"a":2}"#, #"{"é":1,"\u00E9":2}"#,
        #"{"":1,"":2}"#,
        #"{"😀":1,"\uD83D\uDE00":2}"#, #"{"a":1,"a":1}"#,
    ])
    func `a member that is there twice is refused, however it is written`(text: String) {
        #expect(refusal(text)?.message.contains("twice") == true)
    }

    @Test func `names that only look the same are two members`() throws {
        // One e with an accent, and an e followed by a combining accent.
        #expect(try parse(#"{"\u00e9":1,"e\u0301":2}"#)["other"] == nil)
    }

    @Test func `a duplicate is found where it stands`() {
        #expect(refusal(#"{"a":[0,{"b":1,"b":2}]}"#)?.path.description == "a[1].b")
    }

    @Test(arguments: [#"{"a":"\u0000"}"#, #"{"\u0000":1}"#, #""a\u0000b""#])
    func `NUL is refused`(text: String) {
        #expect(refusal(text)?.message.contains("NUL") == true)
    }

    @Test(arguments: [
        #""\uD800""#, #""\uDC00""#, #""\uD800x""#, #""\uD800\n""#, #""\uD800\uD800""#, #""\uDC00\uD800""#,
        #""\uDBFF\u0041""#,
    ])
    func `a lone surrogate is refused`(text: String) {
        #expect(refusal(text)?.message.contains("lone surrogate") == true)
    }

    @Test(arguments: [
        #""\u12""#, #""\u12G4""#, #""\u+123""#, #""\u 123""#, #""\x41""#, #""\u{41}""#, #""\"#, #""\u"#, #""\'""#,
    ])
    func `what is no escape is refused`(text: String) {
        #expect(refusal(text) != nil)
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xC1, 0x81], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF],  // overlong
            [0xED, 0xA0, 0x80],  // a surrogate
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],  // beyond Unicode
            [0x80], [0xC3], [0xE2, 0x82], [0xFF],
        ] as [[UInt8]])
    func `what is not UTF-8 is refused, wherever it stands`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(
            refusal([quote] + bytes + [quote])?.message == "is not valid UTF-8, at line 1, column 2; save it as UTF-8")
        #expect(refusal(Array("{}".utf8) + bytes)?.place?.column == 3)
    }

    @Test func `a byte order mark is refused`() {
        #expect(refusal([0xEF, 0xBB, 0xBF] + Array("{}".utf8))?.message.contains("byte order mark") == true)
        #expect(refusal([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]) != nil)
    }

    @Test(arguments: [UInt8](0..<0x20))
    func `a control character in a string is refused, and outside of it unless it is white space`(byte: UInt8) {
        #expect(refusal([0x22, byte, 0x22])?.message.contains("control character") == true)
        #expect(refusal([0x22, 0x5C, 0x6E, byte, 0x22])?.message.contains("control character") == true)
        let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
        #expect((refusal([byte, 0x7B, byte, 0x7D, byte]) == nil) == isSpace)
    }

    @Test func `64 levels are read, and 65 are not`() throws {
        func lists(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        func objects(_ count: Int) -> String {
            String(repeating: #"{"a":"#, count: count) + "1" + String(repeating: "}", count: count)
        }
        #expect(refusal(lists(64)) == nil)
        #expect(refusal(objects(64)) == nil)
        #expect(refusal(lists(65))?.message.contains("deeper than 64") == true)
        #expect(refusal(objects(65))?.message.contains("deeper than 64") == true)
        // The depth is limited, so that the stack is not exhausted.
        #expect(refusal(String(repeating: "[", count: 1_000_000))?.message.contains("deeper than 64") == true)
    }

    @Test(arguments: ["{}x", "{} {}", "{},", "1 2", "{}\u{0}", "[]]", "nullx", "\"a\"b"])
    func `something behind the value is refused`(text: String) {
        #expect(refusal(text)?.message.contains("after the value") == true)
    }

    @Test(arguments: [
        "", " \n", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}",
        "{'a':1}",
        "{\"a\" 1}", "{1:1}", "[1 2]", "{\"a\":1 \"b\":2}", "\"a", "tru", "True", "nul", "undefined", "// x\n{}", "]",
        "}", ",",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(refusal(text) != nil)
    }

    @Test(
        arguments: [
            (#"{"id":"a","input":{"#, "a"), (#" { "id" : "x\u0041" , nonsense"#, "xA"), ("{\"id\":\"a\"\u{1}", "a"),
        ] as [(String, String)])
    func `the first member can be read though what follows is malformed`(text: String, expected: String) {
        #expect(JSON.leadingMember("id", of: Array(text.utf8)) == .string(expected))
    }

    @Test(arguments: [
        "", "{", "nonsense", #"{"input":{},"id":"a""#, #"{"id":"a"#, #"{"id" "a""#, #"{"id":{"a":1}"#, #"{"id":["a"]"#,
        #"["id"]"#,
    ])
    func `a first member that is another, or no plain value, is not read`(text: String) {
        #expect(JSON.leadingMember("id", of: Array(text.utf8)) == nil)
    }
}
