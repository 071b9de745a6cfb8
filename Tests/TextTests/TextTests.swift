import Testing
import Text

struct TextTests {
    @Test func `hexadecimal digits have zeros in front`() {
        #expect([0x00, 0x0A, 0xFF].hexadecimal == "000aff")
        #expect(UInt8(7).hexadecimal(uppercase: true) == "07" && UInt8(0xAB).hexadecimal(uppercase: true) == "AB")
        #expect(Unicode.Scalar("\u{A0}").hexadecimal == "00A0" && Unicode.Scalar("\u{1F600}").hexadecimal == "1F600")
        #expect(UInt16(0x2028).hexadecimal(digits: 4) == "2028")
    }

    @Test func `percent-encoding keeps the unreserved characters, and decoding keeps what is no encoding`() {
        #expect(PercentEncoding.component("aZ09-._~ é/") == "aZ09-._~%20%C3%A9%2F")
        func decoded(_ text: String) -> String { String(decoding: PercentEncoding.decode(text.utf8), as: UTF8.self) }
        #expect(decoded("a%20b%c3%A9") == "a bé")
        #expect(decoded("100%, %2, %zz%") == "100%, %2, %zz%")
    }

    @Test(arguments: [
        (" \ta b\t ", "a b"), ("", ""), (" \t", ""), ("a", "a"), ("\u{A0}a ", "\u{A0}a"), (" \u{301}a", "\u{301}a"),
    ])
    func `spaces and tabs at the ends are cut off, and nothing else`(text: String, expected: String) {
        #expect(Array(text.withoutSpacesAtEnds.utf8) == Array(expected.utf8))
    }

    @Test func `a token has the characters of RFC 9110`() {
        #expect("X-Api_Key.1~".isToken && !"".isToken && !"a b".isToken && !"é".isToken && !"a:".isToken)
    }

    @Test func `headers are found in any case, with all their values in order`() {
        let headers = [(name: "Retry-After", value: "1"), (name: "X", value: "y"), (name: "retry-after", value: "2")]
        #expect(headers.values(ofHeader: "RETRY-AFTER") == ["1", "2"])
        #expect(headers.value(ofHeader: "x") == "y" && !headers.hasHeader("z"))
    }

    @Test func `a line is blank that has only spaces, tabs and a carriage return`() {
        #expect(Array(" \t\r".utf8).isBlankLine && [].isBlankLine && !Array(" a".utf8).isBlankLine)
    }
}
