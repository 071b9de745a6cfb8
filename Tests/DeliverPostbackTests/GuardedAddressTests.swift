import JSON
import TestSupport
import TestThreads
import Testing

/// Tests with the real function that no wide entry allows the guarded addresses; a listener runs on each of them.
@Suite(.ownThreads, .enabled(if: World.isPossible, "\(World.needs)"))
struct GuardedAddressTests {
    private static let guarded = [
        "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "169.254.10.10", "fd00:ec2::254",
        "fd20:ce::254",
    ]

    private static let urls = guarded.map { $0.contains(":") ? "http://[\($0)]/" : "http://\($0)/" }

    @Test func `without an entry and with a wide one they are refused`() throws {
        for list in ["", "0.0.0.0/0,::/0,169.0.0.0/8,168.63.129.0/24,100.64.0.0/10,192.0.0.0/24,fd00::/8"] {
            var world = World(addresses: Self.guarded + ["10.9.9.9"])
            world.environment = ["POSTBACKS_ALLOW_CIDRS": list]
            world.names = ["meta.example": .addresses("169.254.169.254")]
            let outcome = try world.deliver(rounds: [Self.urls + ["http://meta.example/", "http://10.9.9.9/"]])
            for index in 0...Self.guarded.count {
                #expect(outcome.code(index) == "forbidden_target", "\(list) \(outcome.answers[index].encodedText)")
            }
            for address in Self.guarded { #expect(outcome.connections[address] == 0, "\(list) \(address)") }
            // A wide entry does allow other addresses.
            #expect(outcome.outcome(Self.guarded.count + 1) == (list.isEmpty ? "failed" : "delivered"))
        }
    }

    @Test func `an entry of their own opens them`() throws {
        var world = World(addresses: Self.guarded)
        world.environment = ["POSTBACKS_ALLOW_CIDRS": Self.guarded.joined(separator: ",")]
        world.names = ["meta.example": .addresses("169.254.169.254")]
        let outcome = try world.deliver(rounds: [Self.urls + ["http://meta.example/"]])
        for index in 0...Self.guarded.count {
            #expect(outcome.outcome(index) == "delivered", "\(outcome.answers[index].encodedText)")
        }
    }
}
