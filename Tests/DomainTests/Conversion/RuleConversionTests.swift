import Domain
import JSON
import Testing

@Suite struct RuleConversionTests {
    @Test(arguments: [
        "192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1", "1::8", "FE80::ABCD",
    ])
    func `literal addresses are taken`(text: String) {
        #expect(faults(.ip, "\"\(text)\"") == [])
    }

    @Test(arguments: [
        "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x7f.0.0.1", "1.2.3.4 ", "1:2:3", "1:2:3:4:5:6:7:8:9",
        "::1::",
        "1::2::3", ":::", "1:2:3:4:5:6:7::8:9", "fe80::1%eth0", "[::1]", "12345::", "::g", "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "192.0.2.1::", "localhost",
    ])
    func `what is no literal address is refused`(text: String) {
        #expect(faults(.ip, "\"\(text)\"").count == 1)
    }

    @Test func `currencies and countries are short ASCII words`() {
        for text in ["USD", "usdt", "BTC2"] { #expect(faults(.currency, "\"\(text)\"") == []) }
        for text in ["US", "", "ÜSD", "U D", "ABCDEFGHIJK"] { #expect(faults(.currency, "\"\(text)\"").count == 1) }
        #expect(faults(.country, "\"DE\"") == [])
        for text in ["D", "DEU", "D1", "ÄÖ"] { #expect(faults(.country, "\"\(text)\"").count == 1) }
        #expect(faults(.country, "5") == [#"value must be two letters, such as "DE", not a number"#])
    }

    @Test func `a time that is written otherwise is refused with the one that was probably meant`() {
        let expected = #"value must be a time in RFC 3339, such as "2026-01-02T03:04:05.678Z", not "#
        #expect(faults(.timestamp, #""2026-06-01T12:00:00+02:00""#) == [])
        let meant = #"; did you mean "2026-06-01T00:00:00.000Z"?"#
        #expect(faults(.timestamp, "1780272000") == [expected + "the number 1780272000" + meant])
        #expect(faults(.timestamp, "1780272000000") == [expected + "the number 1780272000000" + meant])
        #expect(faults(.timestamp, #""01.06.2026""#) == [expected + #""01.06.2026""# + meant])
        #expect(faults(.timestamp, "7") == [expected + "the number 7"])
        #expect(faults(.timestamp, #""yesterday""#) == [expected + #""yesterday""#])
        #expect(faults(.timestamp, "true") == ["value must be a string, not a boolean"])
    }

    @Test func `params have plain names and any values`() {
        #expect(faults(.conversionParams, #"{"sub1":"a\n\u0001","a.b-c_D9":""}"#) == [])
        #expect(
            faults(.conversionParams, #"{"a b":"x"}"#) == [
                "value.a b has a name that is not 1 to 64 of A-Z a-z 0-9 _ . -"
            ])
        #expect(faults(.conversionParams, #"{"a":1}"#) == ["value.a must be a string, not a number"])
        let many = (1...65).map { "\"p\($0)\":\"\"" }.joined(separator: ",")
        #expect(faults(.conversionParams, "{\(many)}").count == 1)
    }
}
