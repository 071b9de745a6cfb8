import Input
import JSON
import Testing

private enum Word: String, CaseIterable { case pending, done, rejected }

struct RuleTests {
    private func faults<Value>(_ rule: Rule<Value>, _ text: String) throws -> [String] {
        var faults: [Fault] = []
        let value = rule.read(try JSON(parsing: Array(text.utf8)), .root.member("v"), &faults)
        #expect((value == nil) == !faults.isEmpty)
        return faults.map { "\($0.field) \($0.message)" }
    }

    private func value<Value>(_ rule: Rule<Value>, _ text: String) throws -> Value? {
        var faults: [Fault] = []
        return rule.read(try JSON(parsing: Array(text.utf8)), .root, &faults)
    }

    @Test func `text is counted in Unicode scalars`() throws {
        #expect(try value(.text(1...3), #""😀é€""#) == "😀é€")
        #expect(try faults(.text(1...3), #""abcd""#) == ["v must have at most 3 characters, not 4"])
        #expect(try faults(.text(1...3), #""""#) == ["v must not be empty"])
        #expect(try faults(.text(2...3), #""a""#) == ["v must have at least 2 characters"])
        #expect(try faults(.text(1...3), "1") == ["v must be a string, not a number"])
    }

    @Test(arguments: ["\\u0001", "\\n", "\\u007f", "\\u0080", "\\u009f"])
    func `text has no control characters unless they are allowed`(escape: String) throws {
        #expect(try faults(.text(1...3), "\"a\(escape)\"").first?.contains("control character U+00") == true)
        #expect(try faults(.text(1...3, controlCharacters: true), "\"a\(escape)\"") == [])
    }

    @Test(arguments: [
        (#""o1""#, "o1"), ("17", "17"), ("-0", "0"), ("-5", "-5"), (#""007""#, "007"),
        ("9007199254740993", "9007199254740993"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ])
    func `an identifier is text, or an integer that becomes its digits`(given: String, expected: String) throws {
        #expect(try value(.identifier, given) == expected)
    }

    @Test(arguments: [
        "1.5", "1.0", "1e2", "true", "null", "[]", "{}", #""""#, #""a\nb""#,
        "123456789012345678901234567890123456789012345",
    ])
    func `what is neither is refused`(given: String) throws {
        #expect(try faults(.identifier, given).count == 1)
    }

    @Test func `an identifier has at most 128 characters`() throws {
        #expect(try faults(.identifier, "\"\(String(repeating: "é", count: 128))\"") == [])
        #expect(try faults(.identifier, "\"\(String(repeating: "é", count: 129))\"").count == 1)
    }

    @Test(arguments: [
        (" a", "a"), ("a\u{A0}", "a"), ("\u{2007}a\u{202F}\u{FEFF}", "a"), ("\t\r\na b\n", "a b"),
        ("\u{3000}é\u{85}", "é"),
    ])
    func `white space at the ends of an identifier is cut off`(given: String, expected: String) throws {
        #expect(try value(.identifier, JSON.string(given).encodedText) == expected)
        #expect(try value(.id(upTo: 3), JSON.string(given).encodedText) == expected)
    }

    @Test func `an identifier that is nothing but white space is empty`() throws {
        #expect(try faults(.identifier, #"" \u00a0\ufeff""#) == ["v must not be empty"])
    }

    @Test(arguments: ["0", "11", "5.0", "1e1", "\"5\"", "99999999999999999999999", "null"])
    func `an integer is a JSON number without point or exponent in its range`(given: String) throws {
        #expect(try faults(.integer(1...10), given).count == 1)
    }

    @Test func `one of a few words; a near miss gets a hint`() throws {
        #expect(try value(.oneOf(Word.self, placeholder: .pending), #""done""#) == .done)
        #expect(
            try faults(.oneOf(Word.self, placeholder: .pending), #""Rejectd""#) == [
                "v must be one of \"pending\", \"done\", \"rejected\", not \"Rejectd\"; did you mean \"rejected\"?"
            ])
        #expect(
            try faults(.oneOf(Word.self, placeholder: .pending), "1") == [
                "v must be one of \"pending\", \"done\", \"rejected\", not a number"
            ])
    }

    @Test func `each wrong item of a list is named by its place`() throws {
        #expect(
            try faults(.list(of: .text(1...2), count: 0...4), #"["ok","",7,"long"]"#) == [
                "v[1] must not be empty", "v[2] must be a string, not a number",
                "v[3] must have at most 2 characters, not 4",
            ])
        #expect(
            try faults(.list(of: .text(1...2), count: 0...1), #"["a","b"]"#) == ["v must have from 0 to 1 items, not 2"]
        )
        #expect(try faults(.list(of: .text(1...2), count: 0...1), "{}") == ["v must be a list, not an object"])
    }

    @Test func `a map judges names and values`() throws {
        let rule = Rule<[(name: String, value: String)]>.map(of: .text(0...2), names: .text(1...2), count: 0...3)
        #expect(try value(rule, #"{"b":"1","a":"2"}"#)?.map(\.name) == ["b", "a"])
        #expect(
            try faults(rule, #"{"long":"x","b":"long","c":1}"#) == [
                "v.long must have at most 2 characters, not 4", "v.b must have at most 2 characters, not 4",
                "v.c must be a string, not a number",
            ])
        #expect(try faults(rule, #"{"a":"","b":"","c":"","d":""}"#) == ["v must have at most 3 members, not 4"])
        #expect(try faults(rule, "[]") == ["v must be an object, not a list"])
    }

    @Test func `a parsed rule says what would be right`() throws {
        let rule = Rule<String>.text(1...9).parsed(placeholder: 0) { text throws(Invalid) in
            guard let number = Int(text) else { throw Invalid("must be digits, such as \"12\"") }
            return number
        }
        #expect(try value(rule, #""12""#) == 12)
        #expect(try faults(rule, #""x""#) == ["v must be digits, such as \"12\""])
        #expect(try faults(rule, #""""#) == ["v must not be empty"])
    }

    @Test func `the schema of a value that may be left out takes null`() {
        #expect(Rule<Bool>.boolean.schema.orNull == ["type": ["boolean", "null"]])
        #expect(Rule.oneOf(Word.self, placeholder: .done).schema.orNull["anyOf"] != nil)
        #expect(Rule<Bool>.boolean.described("what it is").schema == ["type": "boolean", "description": "what it is"])
    }
}
