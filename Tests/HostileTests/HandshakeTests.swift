import HostileReceiver
import JSON
import TestSupport
import TestThreads
import Testing

/// Tests TLS handshakes that succeed, fail or do not end.
@Suite(.ownThreads, .enabled(if: Certificates.isPossible, "it takes the program openssl"))
struct HandshakeTests {
    private func settings(trusting authorities: String) -> [String: String] {
        [
            "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "POSTBACKS_RETRY_SCHEDULE": TestDelivery.schedule,
            "POSTBACKS_TIMEOUT": "10", "POSTBACKS_CONNECT_TIMEOUT": "5", "POSTBACKS_CA_FILE": authorities,
        ]
    }

    @Test func `each bad handshake is tried again with its own code, sends nothing, and a good certificate heals it`()
        throws
    {
        let certificates = try Certificates()
        let good = TLSFront.Manner.relay(try certificates.make(.good))
        let manners: [(String, TLSFront.Manner, DueOutcome)] = [
            ("good", good, .delivered()),
            ("expired", .relay(try certificates.make(.expired)), .retry(.tls)),
            ("wrong host", .relay(try certificates.make(.wrongHost)), .retry(.tls)),
            ("self-signed", .relay(try certificates.make(.selfSigned)), .retry(.tls)),
            ("closed", .close, .retry(.tls)), ("reset", .reset, .retry(.tls)), ("garbage", .garbage, .retry(.tls)),
            ("alert", .alert, .retry(.tls)), ("stalled", .stall, .retry(.timeout)),
        ]
        let receiver = HostileReceiver()
        let site = try receiver.open()
        let front = try TLSFront()
        let ports = try manners.map { try front.open(before: site, $0.1) }
        let process = try WarmFunction.deliverPostback(settings(trusting: certificates.authority))
        for (index, (name, _, expected)) in manners.enumerated() {
            try process.send(
                TestDelivery(id: index + 1, to: ports[index].url, name: name, expecting: expected))
        }
        #expect(receiver.requests(at: site).map(\.delivery) == [1])
        for (index, port) in ports.enumerated() {
            try front.become(good, at: port)
            try process.send(
                TestDelivery(id: 100 + index, to: port.url, name: "healed", expecting: .delivered()))
        }
    }

    @Test func `an authority that is named is believed instead of the system's, and no other`() throws {
        let ours = try Certificates()
        let others = try Certificates()
        let receiver = HostileReceiver()
        let front = try TLSFront()
        let port = try front.open(before: try receiver.open(), .relay(try ours.make(.good)))
        for (authorities, expected) in [(ours, DueOutcome.delivered()), (others, .retry(.tls))] {
            let process = try WarmFunction.deliverPostback(settings(trusting: authorities.authority))
            try process.send(TestDelivery(id: 1, to: port.url, name: "authority", expecting: expected))
        }
    }

    @Test(.enabled(if: OwnMount.impossibility == nil, "it takes root, for a mount namespace"))
    func `the system's authorities count only as long as none are named`() throws {
        let system = try Certificates()
        let others = try Certificates()
        let receiver = HostileReceiver()
        let front = try TLSFront()
        let port = try front.open(before: try receiver.open(), .relay(try system.make(.good)))
        let folder = try TemporaryFolder()
        let program = try OwnMount.wrap(
            Programs.path("deliverPostback"), in: folder.path, showing: try system.makeSystemFolder(),
            at: "/etc/ssl/certs")
        for (authorities, due) in [("", DueOutcome.delivered()), (others.authority, .retry(.tls))] {
            let process = try WarmFunction.deliverPostback(settings(trusting: authorities), program: program)
            try process.send(TestDelivery(id: 1, to: port.url, name: "system", expecting: due))
        }
    }
}
