import JSON
import Testing

@testable import Poller

/// How the poller reads a line of deliverPostback that reports an error.
struct DeliveryLineTests {
    private func complaint(_ error: JSON) -> DeliveryLine.Complaint? {
        guard case .complaint(_, let complaint)? = DeliveryLine((["id": "1/1/1", "error": error] as JSON).bytes) else {
            return nil
        }
        return complaint
    }

    private func misconfigured(_ details: JSON) -> JSON {
        ["code": "misconfigured", "message": "it is wrong", "details": details]
    }

    @Test func `a missing key concerns the deliveries that need it, and a wrong setting concerns all`() throws {
        let ofKey = try #require(complaint(misconfigured([["field": "postback", "message": "no key"]])))
        #expect(ofKey.isOfKey)
        let ofSetting = try #require(
            complaint(misconfigured([["field": "POSTBACKS_TIMEOUT", "message": "it is wrong"]])))
        #expect(!ofSetting.isOfKey)
        for details: JSON in [[], .null, "postback", [1], [["field": 1]]] {
            let other = try #require(complaint(misconfigured(details)))
            #expect(!other.isOfKey, "\(details)")
        }
    }

    @Test func `an error that is no fault of this side refuses the line`() {
        #expect(complaint(["code": "invalid_request", "message": "it is wrong"]) == nil)
    }
}
