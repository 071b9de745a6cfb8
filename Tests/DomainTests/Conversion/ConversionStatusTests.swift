import Domain
import Testing

@Suite struct ConversionStatusTests {
    @Test func `R5: nothing returns to pending`() {
        #expect(ConversionStatus.pending.allowedTargets == [.done, .rejected])
        #expect(ConversionStatus.done.allowedTargets == [.rejected])
        #expect(ConversionStatus.rejected.allowedTargets == [.done])
    }
}
