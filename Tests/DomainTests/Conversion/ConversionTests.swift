import Domain
import JSON
import Testing

@Suite struct ConversionTests {
    @Test func `a fixture may be short`() throws {
        let conversion = try read(.conversion, #"{"offer":{"id":7},"affiliate":{"id":"a","name":"Ann"}}"#).get()
        #expect(conversion.offer == Conversion.Named(id: "7", name: "7"))
        #expect(conversion.affiliate.name == "Ann")
        #expect(conversion.params.isEmpty)
        #expect(try read(.event, #"{"status":"done"}"#).get() == EventSnapshot(status: .done))
    }

    @Test func `a whole snapshot is read`() throws {
        let text = """
            {"id":5,"sequence":2,"offer":{"id":"o","name":"O"},"goal":null,"affiliate":{"id":"a","name":"A"},
             "transactionId":"t","clickId":9,"status":"done","statusReason":"ok","payout":"1.20","revenue":2,"saleAmount":"3",
             "currency":"EUR","ip":"::1","country":"DE","userAgent":"x","clickedAt":"2026-01-01T00:00:00Z",
             "occurredAt":"2026-01-01T00:00:00Z","createdAt":"2026-01-01T00:00:00Z","updatedAt":null,"params":{"sub1":"s"}}
            """
        let conversion = try read(.conversion, text).get()
        #expect(conversion.payout?.text == "1.20")
        #expect(conversion.clickID == "9")
        #expect(conversion.params.map(\.value) == ["s"])
    }

    @Test func `an unknown field is refused with the nearest name`() {
        let found = faults(.conversion, #"{"offer":{"id":7},"affiliate":{"id":"a"},"click_id":"x"}"#)
        #expect(found == [#"value.click_id is not a field here; did you mean "clickId"?"#])
    }
}
