import JSON
import TestSupport
import TestThreads
import Testing

/// Trackers' ids of the greatest length, of characters that take four bytes each and that no compression makes shorter.
@Suite(.ownThreads) struct LongIDTests {
    private func id(_ seed: UInt64) -> JSON {
        var random = SeededRandom(seed: seed)
        var text = String.UnicodeScalarView()
        for _ in 0..<4096 { text.append(Unicode.Scalar(UInt32.random(in: 0x20000..<0x2A000, using: &random)) ?? "x") }
        return .string(String(text))
    }

    @Test func `ids of 4,096 characters of four bytes are recorded, recognised, found and updated`() throws {
        let installation = try Installation.withOffer()
        let first = try installation.record(["transactionId": id(1), "clickId": id(2)])
        #expect(first.at("conversion.transactionId") == id(1) && first.at("conversion.clickId") == id(2))
        #expect(try installation.record(["transactionId": id(1), "clickId": id(2)])["duplicate"] == true)
        let alone = try installation.record(["clickId": id(2)])
        #expect(alone["duplicate"] == false && alone.at("warnings.0.code") == "click_known")
        #expect(try installation.record(["clickId": id(2)])["duplicate"] == true)
        #expect(try installation.ask("listConversions", ["clickId": id(2)])["conversions"]?.items.count == 2)
        #expect(try installation.update(["offerId": "o", "transactionId": id(1), "status": "done"])["changed"] == true)
        #expect(
            try installation.refusal(
                of: "updateConversionStatus", ["offerId": "o", "clickId": id(2), "status": "done"]
            )
            .code == "conflict")
    }
}
