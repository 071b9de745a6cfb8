import JSON
import Testing

/// Tests common mistakes in JSON: the error names the mistake and its position, and does not quote the input.
struct JSONMistakesTests {
    private func message(_ text: String) -> String? {
        do throws(MalformedJSON) {
            _ = try JSON(parsing: Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    @Test(
        arguments: [
            ("{\"a\":1,}", "has an extra comma before a closing brace, at line 1, column 7"),
            ("{\r\n  \"a\": 1,\r\n}", "has an extra comma before a closing brace, at line 2, column 9"),
            ("{\"é👋\":[1,2,]}", "has an extra comma before a closing bracket, at line 1, column 11"),
            ("{\"a\":1,,\"b\":2}", "has an extra comma, at line 1, column 8"),
            ("[,1]", "has an extra comma, at line 1, column 2"),
            ("{'a':1}", "has a single quote, at line 1, column 2; names and texts need double quotes (\")"),
            (
                "{\n\n \"a\":'x'}",
                "has a single quote, at line 3, column 6; names and texts need double quotes (\")"
            ),
            ("{“a”:1}", "has a typographic quote, at line 1, column 2; JSON allows only the plain one (\")"),
            ("{\"a\":„x“}", "has a typographic quote, at line 1, column 6; JSON allows only the plain one (\")"),
            (
                "{\"payout\":12,50}",
                "has a comma inside a number, at line 1, column 13; decimals follow a point, and thousands have no separator: 1234.50"
            ), ("{\"a\":1\n\"b\":2}", "has no comma where one is expected, at line 2, column 1"),
            ("{\"a\":{} \"b\":2}", "has no comma where one is expected, at line 1, column 9"),
            ("[1 2]", "has no comma where one is expected, at line 1, column 4"),
            ("{\"a\":1;\"b\":2}", "has a semicolon where a comma is expected, at line 1, column 7"),
            ("{\"a\"=1}", "has = where a colon is expected, at line 1, column 5"),
            ("{\"a\"}", "has a name without a value, at line 1, column 5"),
            ("{\"a\":}", "has no value before a closing bracket, at line 1, column 6"),
            ("{\"a\":1]", "has a closing bracket that does not match the opening one, at line 1, column 7"),
            (
                "{\"a\":1} // secret",
                "has text after the value, at line 1, column 9"
            ),
            (
                "{ // secret\n}",
                "has a comment, or a text without double quotes, at line 1, column 3; JSON has no comments"
            ),
            (
                "{\"a\":1 /* secret */}",
                "has a comment, or a text without double quotes, at line 1, column 8; JSON has no comments"
            ),
            (
                "{\"a\":1\n# secret\n}",
                "has a comment, or a text without double quotes, at line 2, column 1; JSON has no comments"
            ),
            ("{secret:1}", "has a name without double quotes, at line 1, column 2"),
            ("{\"a\":1, sécret: 2}", "has a name without double quotes, at line 1, column 9"),
            ("{\"a\":secret}", "has a text without double quotes, at line 1, column 6"),
            ("offerId=o1&secret=x", "has a text without double quotes, at line 1, column 1"),
            (
                "{\"a\":NaN}",
                "has NaN or Infinity, which JSON does not allow, at line 1, column 6; write null, or leave it out"
            ),
            (
                "{\"a\":-Infinity}",
                "has NaN or Infinity, which JSON does not allow, at line 1, column 7; write null, or leave it out"
            ), ("{\"a\":True}", "has True where JSON has true, at line 1, column 6"),
            ("{\"a\":None}", "has None where JSON has null, at line 1, column 6"),
            ("{\"a\":undefined}", "has undefined where JSON has null, at line 1, column 6"),
            (
                "{\"a\":.5}",
                "has a number that begins with a decimal point, at line 1, column 6; write a zero before it: 0.5"
            ),
            ("{\"a\":+5}", "has a number with a plus sign, at line 1, column 6; leave it out"),
            (
                "{\"a\":007}",
                "has a number with a leading zero, at line 1, column 6; a value that must stay as it is written needs double quotes"
            ),
            (
                "{\"a\":12€}",
                "has text directly after a number, at line 1, column 8; a value that must stay as it is written needs double quotes"
            ),
            (
                "{\"a\":192.0.2.1}",
                "has text directly after a number, at line 1, column 11; a value that must stay as it is written needs double quotes"
            ),
            (
                "{\"a\":\"say \"secret\"\"}",
                "has text directly after a closing quote, at line 1, column 12; a double quote inside a string is written \\\""
            ),
            (
                "{\"a\":\"C:\\secret\"}",
                "has an unknown escape, at line 1, column 9; a backslash itself is written \\\\"
            ),
            (
                "{\"a\":\"secret\n\"}",
                "has an unescaped control character (a line break) in a string, at line 1, column 13; write \\n, or close the string before it"
            ),
            (
                "{\"a\":\"secret",
                "ends before the string that begins there is closed, at line 1, column 6; a double quote is missing"
            ),
            (
                "{\"a\":1,\n\"b\":[1,2",
                "ends before the list that begins there is closed, at line 2, column 5; a ] is missing"
            ),
            ("{\"a\":1", "ends before the object that begins there is closed, at line 1, column 1; a } is missing"),
            ("{\"a\":", "ends where a value is expected, at line 1, column 6"),
            ("{\u{A0}\"a\":1}", "has white space that JSON does not allow (U+00A0), at line 1, column 2; leave it out"),
            ("{}\n{}", "has another object after the value, at line 2, column 1"),
            ("{\"a\":1}}", "has an extra closing bracket after the value, at line 1, column 8"),
            ("\u{FEFF}{}", "begins with a byte order mark, which JSON does not allow; save it as UTF-8 without one"),
        ] as [(String, String)])
    func `a usual mistake is named, with line and column`(text: String, expected: String) {
        #expect(message(text) == expected)
        #expect(message(text)?.contains("secret") == false)
    }

    @Test func `UTF-16 is named`() {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]
        #expect(throws: MalformedJSON.self) { try JSON(parsing: bytes) }
        do throws(MalformedJSON) {
            _ = try JSON(parsing: bytes)
        } catch {
            #expect(error.message == "is UTF-16, not UTF-8; save it as UTF-8")
        }
    }

    @Test(arguments: ["{\"a\":1,\"b\":[12,50]}", "[1,2]", "{\"a\":0.5,\"5\":1}", "{\"a\":\"“x” 'y' // z\"}"])
    func `what is right and only looks like a mistake is taken`(text: String) {
        #expect(message(text) == nil)
    }
}
