import HostileReceiver
import JSON
import TestSupport
import TestThreads
import Testing

/// Tests the real deliverPostback against every behaviour, over real sockets.
@Suite(.ownThreads) struct AnswerTests {
    private let settings = [
        "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "POSTBACKS_RETRY_SCHEDULE": TestDelivery.schedule,
        "POSTBACKS_TIMEOUT": "20", "POSTBACKS_CONNECT_TIMEOUT": "10",
    ]

    @Test
    func
        `all behaviours at once in one warm process: each attempt ends as it must, and healthy ones between them are unharmed`()
        throws
    {
        let receiver = HostileReceiver()
        let healthy = try receiver.open()
        var deliveries: [TestDelivery] = []
        var sites: [(Behaviour, Site)] = []
        for behaviour in Behaviour.all {
            let site = try receiver.open(behaviour)
            sites.append((behaviour, site))
            for httpType in TestDelivery.httpTypes {
                let id = deliveries.count + 1
                deliveries.append(TestDelivery(id: id, to: site.url, httpType: httpType, expecting: behaviour))
            }
            deliveries.append(TestDelivery(id: deliveries.count + 1, to: healthy.url, expecting: .good))
        }
        let process = try WarmFunction.deliverPostback(settings)
        try process.start(deliveries)
        let answers = try deliveries.map { _ in try process.next() }
        let answerByID = Dictionary(answers.map { ($0["id"]?.integer ?? 0, $0) }) { first, _ in first }
        #expect(answers.count == deliveries.count)
        for delivery in deliveries { delivery.check(answerByID[delivery.id] ?? .null) }

        let seen = Dictionary(grouping: receiver.requests, by: \.port)
        #expect(seen[healthy.port]?.count == Behaviour.all.count)
        #expect(seen[healthy.port]?.allSatisfy(\.isAnsweredWell) == true)
        for (behaviour, site) in sites {
            let requests = seen[site.port] ?? []
            #expect(!requests.contains { $0.target.contains("elsewhere") }, "\(behaviour.name)")
            #expect(Set(requests.compactMap(\.delivery)).count == requests.count, "\(behaviour.name) was asked twice")
            #expect(requests.allSatisfy { $0.attempt == 1 }, "\(behaviour.name)")
        }
    }

    @Test func `a hostile answer leaves nothing behind for the healthy one on the same host`() throws {
        let receiver = HostileReceiver()
        let site = try receiver.open()
        let process = try WarmFunction.deliverPostback(settings)
        var id = 0
        func send(to url: String, expecting behaviour: Behaviour) throws -> JSON {
            id += 1
            return try process.send(TestDelivery(id: id, to: url, expecting: behaviour))
        }
        for behaviour in Behaviour.all
        where behaviour.isOfRequests && behaviour.expected.codes != DueOutcome.retry(.timeout).codes {
            _ = try send(to: site.url(as: behaviour), expecting: behaviour)
            let answer = try send(to: site.url, expecting: .good)
            #expect(answer.at("response.body") == "ok\n", "behind \(behaviour.name): \(answer.encodedText)")
        }
    }

    @Test func `a body that is refused early is refused, and one that nobody takes is a time-out`() throws {
        let receiver = HostileReceiver()
        let process = try WarmFunction.deliverPostback(settings.merging(["POSTBACKS_TIMEOUT": "5"]) { $1 })
        for (id, name) in ["early-413", "early-413-and-reset", "deaf"].enumerated() {
            let behaviour = try #require(Behaviour.named(name))
            let site = try receiver.open(behaviour)
            var delivery = TestDelivery(id: id + 1, to: site.url, httpType: "POST(JSON)", expecting: behaviour)
            // The largest request that is allowed.
            delivery.filling = String(repeating: "x", count: 250 << 10)
            try process.send(delivery)
            if name != "deaf" { #expect(receiver.requests(at: site).count == 1) }
        }
    }

    @Test func `a site that is healed answers well, however it behaved before`() throws {
        let receiver = HostileReceiver()
        let process = try WarmFunction.deliverPostback(settings.merging(["POSTBACKS_TIMEOUT": "1"]) { $1 })
        for (index, name) in ["refused", "black-holed", "closed-at-once", "silent", "endless-body", "status-500"]
            .enumerated()
        {
            let behaviour = try #require(Behaviour.named(name))
            let site = try receiver.open(behaviour)
            try process.send(TestDelivery(id: index * 2 + 1, to: site.url, expecting: behaviour))
            try receiver.heal(site)
            try process.send(TestDelivery(id: index * 2 + 2, to: site.url, expecting: .good))
            try waitUntil { receiver.requests(at: site).last?.isAnsweredWell == true }
        }
    }
}
