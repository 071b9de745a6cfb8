import JSON
import TestSupport
import TestThreads
import Testing

/// Tests where names lead, with the real function, the system's resolver, and a DNS server that lies.
@Suite(.ownThreads, .enabled(if: World.isPossible, "\(World.needs)"))
struct NamesTests {
    /// A public address, and a forbidden one.
    private static let good = "93.184.216.34"
    private static let bad = "10.1.2.3"

    private var world: World {
        World(addresses: [Self.good, Self.bad, "2606:2800:21f:cb07::1", "127.0.0.1", "::1"])
    }

    @Test func `a name with a public address is delivered to, and looked up once`() throws {
        var world = world
        world.names = ["t.example": .addresses(Self.good)]
        let outcome = try world.deliver(rounds: [["http://t.example/1"], ["http://t.example/2"]])
        #expect(outcome.outcome(0) == "delivered", "\(outcome.text)")
        #expect(outcome.outcome(1) == "delivered", "\(outcome.text)")
        #expect(outcome.answers[0].at("output.remoteAddress")?.text == Self.good)
        #expect(outcome.answers[1].at("output.timing.dnsMs") == 0)
        #expect(outcome.connections[Self.good] == 1)
        // Once for IPv4, once for IPv6.
        #expect(outcome.queries == ["t.example", "t.example"])
        #expect(outcome.status == 0)
    }

    @Test(arguments: [
        [good, bad], [bad, good], [good, "::1"], ["::1", good], ["2606:2800:21f:cb07::1", bad],
        [good, "::ffff:10.1.2.3"], [good, good, good, "127.0.0.1"], [bad], ["127.0.0.1"], ["::1"],
    ])
    func `a name with a forbidden address among its own is not dialled at all`(addresses: [String]) throws {
        var world = world
        world.names = ["t.example": .turns([addresses])]
        let outcome = try world.deliver("http://t.example/", "http://t.example/again")
        for index in 0...1 {
            #expect(outcome.code(index) == "forbidden_target", "\(outcome.text)")
            // A resolver may fail for a short time.
            #expect(outcome.outcome(index) == "retry")
            #expect(outcome.message(index).hasPrefix("t.example: "))
        }
        #expect(outcome.connections.values.allSatisfy { $0 == 0 }, "\(outcome.connections)")
    }

    @Test(arguments: [[good, bad], [bad, good]])
    func `a line of the hosts file is no better`(addresses: [String]) throws {
        var world = world
        world.hosts = addresses.map { "\($0) t.example\n" }.joined()
        let outcome = try world.deliver("http://t.example/")
        #expect(outcome.code(0) == "forbidden_target", "\(outcome.text)")
        #expect(outcome.connections.values.allSatisfy { $0 == 0 })
        world.hosts = "\(Self.good) t.example\n"
        #expect(try world.deliver("http://t.example/").outcome(0) == "delivered")
    }

    @Test func `a name that changes between two lookups is dialled where it was judged`() throws {
        var world = world
        world.names = ["t.example": .turns([[Self.good], [Self.bad]])]
        let outcome = try world.deliver(rounds: [["http://t.example/"], ["http://t.example/"]])
        #expect(outcome.outcome(0) == "delivered", "\(outcome.text)")
        #expect(outcome.outcome(1) == "delivered", "\(outcome.text)")
        #expect(outcome.connections[Self.bad] == 0)
        world.names = ["t.example": .turns([[Self.bad], [Self.good]])]
        let other = try world.deliver(rounds: [["http://t.example/"], ["http://t.example/"]])
        #expect(other.code(0) == "forbidden_target", "\(other.text)")
        #expect(other.outcome(1) == "delivered", "\(other.text)")
        #expect(other.connections[Self.bad] == 0)
    }

    @Test func `aliases are followed to their addresses`() throws {
        var world = world
        world.names = [
            "a.example": .alias("b.example"), "b.example": .alias("c.example"), "c.example": .addresses(Self.bad),
            "d.example": .alias("e.example"), "e.example": .addresses(Self.good),
        ]
        let outcome = try world.deliver("http://a.example/", "http://d.example/")
        #expect(outcome.code(0) == "forbidden_target", "\(outcome.text)")
        #expect(outcome.outcome(1) == "delivered", "\(outcome.text)")
        #expect(outcome.connections[Self.bad] == 0)
    }

    @Test func `a name is the same in capitals, and an international one is asked for in ASCII`() throws {
        var world = world
        world.names = [
            "t.example": .addresses(Self.good), "xn--bcher-kva.example": .addresses(Self.good),
            "xn--bse-sna.example": .addresses(Self.bad),
        ]
        let outcome = try world.deliver("http://T.EXAMPLE/", "http://bücher.example/", "http://böse.example/")
        #expect(outcome.outcome(0) == "delivered", "\(outcome.text)")
        #expect(outcome.outcome(1) == "delivered", "\(outcome.text)")
        #expect(outcome.code(2) == "forbidden_target", "\(outcome.text)")
        #expect(outcome.connections[Self.bad] == 0)
    }

    @Test func `a name that leads nowhere is a DNS failure, to be tried again`() throws {
        var world = world
        world.names = ["empty.example": .turns([[]])]
        let outcome = try world.deliver("http://unknown.example/", "http://empty.example/")
        for index in 0...1 {
            #expect(outcome.code(index) == "dns", "\(outcome.text)")
            #expect(outcome.outcome(index) == "retry")
        }
    }

    @Test func `names that are never answered hold up nobody, and not the end either`() throws {
        var world = world
        // The time is so long that a wait for the system's resolver would exceed the limit of the test.
        world.resolverSeconds = 30
        world.environment = ["POSTBACKS_CONNECT_TIMEOUT": "2"]
        world.names = ["t.example": .addresses(Self.good)]
        for number in 0..<100 { world.names["s\(number).example"] = .silent }
        let silent = (0..<100).map { "http://s\($0).example/" }
        let outcome = try world.deliver(rounds: [["http://t.example/"], silent + ["http://t.example/"]])
        #expect(outcome.outcome(0) == "delivered")
        #expect(outcome.outcome(101) == "delivered", "\(outcome.text)")
        for index in 1...100 { #expect(outcome.code(index) == "timeout", "\(outcome.answers[index].encodedText)") }
        #expect(outcome.status == 0)
    }
}
