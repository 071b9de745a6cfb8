import Domain
import Input
import Testing

@Suite struct ExactDecimalTests {
    @Test(arguments: [
        ("12.30", "12.30"), ("12", "12"), ("0", "0"), ("-0", "0"), ("-0.00", "0.00"), ("-5.5", "-5.5"),
        ("1e-7", "0.0000001"),
        ("1E3", "1000"), ("1.5e+2", "150"), ("12.34e1", "123.4"), ("12.34e2", "1234"), ("12.34e-1", "1.234"),
        ("0.05e1", "0.5"), ("0e5", "0"), ("0e-2", "0.00"), ("0e999999999999999999999", "0"),
        ("-1e-18", "-0.000000000000000001"),
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
        ("99999999999999999999", "99999999999999999999"), ("1e19", "10000000000000000000"),
        ("0.0000000000000000001e1", "0.000000000000000001"),
    ])
    func `an amount keeps its digits`(text: String, expected: String) throws {
        #expect(try ExactDecimal(parsing: text).text == expected)
    }

    @Test(arguments: [
        "", "12,99", "1,234.56", "NaN", "Infinity", "+1", " 1", "1 ", "1.", ".5", "01", "-", "--1", "1e", "1e+", "0x10",
        "1_000", "１２",
        "1.2.3", "$5", "12.30\n",
    ])
    func `what is no decimal amount is refused`(text: String) {
        let wrong = #expect(throws: Invalid.self) { try ExactDecimal(parsing: text) }
        #expect(wrong?.message.contains("12.99") == true)
    }

    @Test(arguments: [
        "100000000000000000000", "1e20", "0.0000000000000000001", "1e-19", "1e999999999999", "1e-999999999999", "0e-19",
    ])
    func `too many digits are refused and not made`(text: String) {
        let wrong = #expect(throws: Invalid.self) { try ExactDecimal(parsing: text) }
        #expect(wrong?.message.hasPrefix("must have at most 20 digits before and 18 after") == true)
    }

    @Test func `it is read from strings and numbers with the exact digits`() throws {
        #expect(try read(.money, #""12.30""#).get().text == "12.30")
        #expect(try read(.money, "0.1000").get().text == "0.1000")
        #expect(throws: Faults.self) { try read(.money, "true").get() }
    }
}
