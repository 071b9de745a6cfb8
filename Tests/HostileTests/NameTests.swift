import HostileReceiver
import JSON
import TestSupport
import TestThreads
import Testing

/// Tests a name server that answers badly, and one whose answers change.
@Suite(.ownThreads, .enabled(if: NameServer.isPossible, "it takes root, for port 53 and a mount namespace"))
struct NameTests {
    private func process(asking names: NameServer, _ settings: [String: String] = [:]) throws -> WarmFunction {
        let usual = [
            "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "POSTBACKS_RETRY_SCHEDULE": TestDelivery.schedule,
            "POSTBACKS_TIMEOUT": "8", "POSTBACKS_CONNECT_TIMEOUT": "4",
        ]
        return try WarmFunction.deliverPostback(
            usual.merging(settings) { $1 }, program: try names.wrap(Programs.path("deliverPostback")))
    }

    @Test func `a name that leads nowhere is tried again, harms no other, and heals`() throws {
        let names = try NameServer()
        let receiver = HostileReceiver()
        let site = try receiver.open()
        let answers: [(String, NameServer.Answer, DueOutcome)] = [
            ("good", .addresses(["127.0.0.1"]), .delivered()), ("nobody", .nobody, .retry(.dns)),
            ("empty", .empty, .retry(.dns)), ("failure", .failure, .retry(.dns)),
            // The resolver waits longer for an answer; our time-out is shorter.
            ("garbage", .garbage, .retry(.dns, .timeout)), ("silence", .silence, .retry(.dns, .timeout)),
        ]
        for (name, answer, _) in answers { try names.answer("\(name).test", answer) }
        let process = try process(asking: names)
        let deliveries = answers.enumerated().map { index, answer in
            TestDelivery(id: index + 1, to: "http://\(answer.0).test:\(site.port)", name: answer.0, expecting: answer.2)
        }
        try process.start(deliveries)
        for _ in deliveries {
            let answer = try process.next()
            deliveries[(answer["id"]?.integer ?? 1) - 1].check(answer)
        }
        #expect(receiver.requests(at: site).map(\.delivery) == [1])
        for (index, (name, _, _)) in answers.enumerated() {
            try names.answer("\(name).test", .addresses(["127.0.0.1"]))
            try process.send(
                TestDelivery(
                    id: 100 + index, to: "http://\(name).test:\(site.port)", name: "healed", expecting: .delivered()))
        }
    }

    @Test func `a name that changes to a forbidden address leads nowhere`() throws {
        let names = try NameServer()
        let receiver = HostileReceiver()
        let site = try receiver.open()
        let url = "http://rebinding.test:\(site.port)"
        try names.answer("rebinding.test", .addresses(["127.0.0.1"]))
        let settings = ["POSTBACKS_ALLOW_CIDRS": "127.0.0.1"]
        try process(asking: names, settings).send(
            TestDelivery(id: 1, to: url, name: "allowed", expecting: .delivered()))
        for address in ["127.0.0.2", "169.254.169.254", "10.0.0.1", "::1", "::ffff:10.0.0.1"] {
            try names.answer("rebinding.test", .addresses([address]))
            try process(asking: names, settings).send(
                TestDelivery(id: 2, to: url, name: address, expecting: .forbidden))
        }
        #expect(receiver.requests(at: site).count == 1)
    }
}
