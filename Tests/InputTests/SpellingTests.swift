import Input
import Testing

struct SpellingTests {
    private let names = ["offerId", "affiliateId", "conversionStatus", "url", "httpType", "id"]

    @Test(arguments: [
        ("offerid", "offerId"), ("offer_id", "offerId"), ("OFFER-ID", "offerId"), ("oferId", "offerId"),
        ("offreId", "offerId"),
        ("afiliateId", "affiliateId"), ("conversionStatsu", "conversionStatus"), ("http_type", "httpType"),
        ("ur", "url"),
        ("uri", "url"), ("httpTpye", "httpType"), ("xofferId", "offerId"),
    ])
    func `the name that was probably meant is found`(given: String, meant: String) {
        #expect(Spelling.nearest(to: given, among: names) == meant)
        #expect(Spelling.hint(for: given, among: names) == "; did you mean \"\(meant)\"?")
    }

    @Test(arguments: ["payout", "x", "", "goal", "abcdefgh", String(repeating: "offerId", count: 100_000)])
    func `what resembles nothing gets no hint`(given: String) {
        #expect(Spelling.nearest(to: given, among: names) == nil)
        #expect(Spelling.hint(for: given, among: names) == "")
    }

    @Test func `the nearest of several wins, and nothing is near to no names`() {
        #expect(Spelling.nearest(to: "statuses", among: ["statistics", "status", "state"]) == "status")
        #expect(Spelling.nearest(to: "a", among: []) == nil)
    }
}
