import Domain
import Testing

@Suite struct RetryAfterTests {
    private let now = Timestamp(parsing: "1994-11-06T08:49:00Z")

    @Test(arguments: [
        ("120", 120.0), (" 120\t", 120), ("0", 0), ("21600", 21600), ("21601", 21600),
        ("99999999999999999999999999", 21600),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sunday, 06-Nov-94 08:49:37 GMT", 37), ("Sun Nov  6 08:49:37 1994", 37),
        ("Mon, 07 Nov 1994 08:49:37 GMT", 21600),
    ])
    func `R12: seconds and the three forms of a date`(text: String, seconds: Double) throws {
        #expect(RetryAfter.wait([text], now: try #require(now)) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "-5", "+5", "1.5", "soon", "120, 120", "12 0", "١٢", "Sun, 06 Nov 1994 08:48:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 PST",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "1994-11-06T08:49:37Z",
        "Sunday, 06-Nov-45 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT x",
    ])
    func `R12: nonsense and the past are ignored`(text: String) throws {
        #expect(RetryAfter.wait([text], now: try #require(now)) == nil)
    }

    @Test func `R12: none and several are ignored`() throws {
        #expect(RetryAfter.wait([], now: try #require(now)) == nil)
        #expect(RetryAfter.wait(["5", "6"], now: try #require(now)) == nil)
    }
}
