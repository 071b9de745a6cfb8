import Egress
import Testing

@testable import HTTP

struct TransferTests {
    @Test func `after a forbidden address of a name no other is dialled`() throws {
        let transfer = try #require(Transfer(egress: EgressRules(), limits: HTTPLimits()))
        let good = IPAddress(literal: "1.1.1.1")
        #expect(transfer.mayDial(good))
        #expect(!transfer.mayDial(IPAddress(literal: "10.0.0.1")))
        #expect(!transfer.mayDial(good))
        #expect(transfer.refusal == "10.0.0.1 may not be dialled: private")
    }
}
