import HostileReceiver
import JSON
import TestSupport
import TestThreads
import Testing

/// Tests a kept connection that the receiver closes under the next request.
@Suite(.ownThreads) struct KeptConnectionTests {
    private let settings = [
        "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "POSTBACKS_RETRY_SCHEDULE": TestDelivery.schedule,
        "POSTBACKS_TIMEOUT": "30", "POSTBACKS_CONNECT_TIMEOUT": "30",
    ]

    @Test func `one attempt sends once, and who closes kept connections gets a new one for each request`() throws {
        let receiver = HostileReceiver()
        let site = try receiver.open(try #require(Behaviour.named("closed-under-next-request")))
        let process = try WarmFunction.deliverPostback(settings)
        let dues: [DueOutcome] = [.delivered(), .retry(.connect), .delivered(), .delivered(), .delivered()]
        for (index, due) in dues.enumerated() {
            try process.send(TestDelivery(id: index + 1, to: site.url, name: "kept", expecting: due))
        }
        #expect(receiver.requests(at: site).map(\.delivery) == [1, 2, 3, 4, 5])
        #expect(Set(receiver.requests(at: site).map(\.connection)).count == 4)
    }

    @Test func `several kept connections that are closed at once cost each attempt one request`() throws {
        let receiver = HostileReceiver()
        let site = try receiver.open(try #require(Behaviour.named("closed-under-next-request")))
        let healthy = try receiver.open()
        let process = try WarmFunction.deliverPostback(settings)
        for wave in 0..<3 {
            let deliveries = (1...40).map { number in
                let id = wave * 100 + number
                return number % 2 == 0
                    ? TestDelivery(id: id, to: healthy.url, expecting: .good)
                    : TestDelivery(id: id, to: site.url, name: "kept", expecting: .delivered().or(.retry))
            }
            try process.start(deliveries)
            for _ in deliveries {
                let answer = try process.next()
                deliveries[(answer["id"]?.integer ?? 1) % 100 - 1].check(answer)
            }
        }
        let seen = receiver.requests.compactMap(\.delivery)
        #expect(seen.count == 120)
        #expect(Set(seen).count == 120)
    }
}
