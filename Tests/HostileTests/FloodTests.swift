import HostileReceiver
import JSON
import TestSupport
import TestThreads
import Testing

/// Tests that floods end the attempt, not the process.
@Suite(.ownThreads) struct FloodTests {
    @Test(arguments: [
        "endless-body", "endless-body-of-error", "megabyte-header", "endless-header-line", "endless-headers",
        "endless-information", "gzip-bomb", "ten-thousand-short-headers",
    ])
    func `the memory of the process stays bounded while a hundred floods come in`(name: String) throws {
        let behaviour = try #require(Behaviour.named(name))
        let receiver = HostileReceiver()
        let site = try receiver.open(behaviour)
        let healthy = try receiver.open()
        let process = try WarmFunction.deliverPostback([
            "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "POSTBACKS_RETRY_SCHEDULE": TestDelivery.schedule,
            "POSTBACKS_TIMEOUT": "60", "POSTBACKS_CONNECT_TIMEOUT": "60",
        ])
        func wave(_ count: Int, from first: Int, to site: Site, _ behaviour: Behaviour) throws {
            let deliveries = (first..<first + count).map {
                TestDelivery(id: $0, to: site.url, expecting: behaviour)
            }
            try process.start(deliveries)
            for _ in deliveries {
                let answer = try process.next()
                let index = (answer["id"]?.integer ?? first) - first
                deliveries[index].check(answer)
            }
        }
        // The same number of normal answers shows how much memory the process needs anyway.
        try wave(100, from: 1, to: healthy, .good)
        let usual = try process.peakMemory()
        for round in 1...3 { try wave(100, from: round * 1000, to: site, behaviour) }
        // curl holds 100 KB of a header line that does not end, and of each connection a buffer of 16 KiB.
        #expect(try process.peakMemory() - usual < 100 * 512, "\(usual) KiB before")
        try wave(10, from: 10_000, to: healthy, .good)
    }
}
