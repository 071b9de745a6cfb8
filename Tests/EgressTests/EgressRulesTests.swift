import Egress
import Testing

struct EgressRulesTests {
    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15", "2606:4700:4700::1111", "2a00:1450::1",
        "2001:200::1", "2a00::5efe:8.8.8.8", "192.31.197.1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
        "2001:0:808:808::f7f7:f7f7",
    ])
    func `a public host may be dialled`(literal: String) throws {
        let address = try #require(IPAddress(literal: literal))
        #expect(EgressRules().judge(address) == .allowed)
    }

    @Test(arguments: [
        ("0.0.0.0", "this network"), ("0.255.255.255", "this network"), ("10.0.0.1", "private"),
        ("10.255.255.255", "private"),
        ("100.64.0.1", "shared (carrier-grade NAT)"), ("100.127.255.255", "shared (carrier-grade NAT)"),
        ("127.0.0.1", "loopback"), ("127.255.255.255", "loopback"), ("169.254.1.1", "link-local"),
        ("172.16.0.0", "private"), ("172.31.255.255", "private"), ("192.0.0.1", "protocol assignment"),
        ("192.0.2.7", "documentation"), ("198.51.100.7", "documentation"), ("203.0.113.7", "documentation"),
        ("192.88.99.1", "6to4 relay"), ("192.168.0.1", "private"), ("198.18.0.1", "benchmarking"),
        ("198.19.255.255", "benchmarking"), ("224.0.0.1", "multicast"), ("239.255.255.255", "multicast"),
        ("192.31.196.1", "AS112"),
        ("192.52.193.1", "multicast tunnels"), ("192.175.48.1", "AS112"), ("240.0.0.1", "reserved"),
        ("255.255.255.254", "reserved"), ("255.255.255.255", "broadcast"),
    ])
    func `a special IPv4 address may not be dialled`(literal: String, reason: String) throws {
        try expectForbidden(literal, reason)
    }

    @Test(arguments: [
        ("::", "unspecified"), ("::1", "loopback"), ("fc00::1", "private"), ("fdff::1", "private"),
        ("fe80::1", "link-local"),
        ("febf::1", "link-local"), ("fec0::1", "site-local"), ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"), ("100::1", "discard-only"), ("64:ff9b:1::808:808", "local NAT64"),
        ("2001:2::1", "not public"), ("2001:20::1", "not public"), ("4000::1", "not public"), ("1fff::1", "not public"),
        ("5f00::1", "segment routing"), ("100:0:0:1::7", "dummy"), ("2620:4f:8000::1", "AS112"),
        ("64:ff9b:2::1", "not public"), ("2001:db9::5efe:10.0.0.1", "ISATAP form of 10.0.0.1, private"),
        ("2001:db9::200:5efe:10.0.0.1", "ISATAP form of 10.0.0.1, private"), ("::808:808", "not public"),
    ])
    func `a special IPv6 address may not be dialled`(literal: String, reason: String) throws {
        try expectForbidden(literal, reason)
    }

    @Test(arguments: [
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "cloud metadata"),
        ("::10.0.0.1", "IPv4-compatible form of 10.0.0.1, private"),
        ("64:ff9b::10.0.0.1", "NAT64 form of 10.0.0.1, private"),
        ("64:ff9b::169.254.169.254", "NAT64 form of 169.254.169.254, cloud metadata"),
        ("::ffff:0:10.0.0.1", "IPv4-translated form of 10.0.0.1, private"),
        ("2002:7f00:1::1", "6to4 form of 127.0.0.1, loopback"),
        ("2001:0:7f00:1::f7f7:f7f7", "Teredo form of 127.0.0.1, loopback"),
        ("2001:0:808:808::80ff:fffe", "Teredo form of 127.0.0.1, loopback"),
    ])
    func `an IPv6 form of a forbidden IPv4 address is forbidden`(literal: String, reason: String) throws {
        try expectForbidden(literal, reason)
    }

    @Test(arguments: [
        "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23",
        "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42",
    ])
    func `a cloud's metadata address is opened by an entry of its own only`(literal: String) throws {
        let address = try #require(IPAddress(literal: literal))
        let wide = "0.0.0.0/0,::/0,168.63.129.0/24,100.64.0.0/10,192.0.0.0/24,fd00::/8,fd00:ec2::/32"
        #expect(try EgressRules(allowing: wide).judge(address) == .forbidden(reason: "cloud metadata"))
        #expect(try EgressRules(allowing: literal).judge(address) == .allowed)
    }

    @Test(arguments: [
        "169.254.10.10", "fe80::7", "64:ff9b::169.254.10.10", "::ffff:169.254.10.10", "::ffff:0:169.254.10.10",
        "::169.254.169.254", "2002:a9fe:a9fe::1", "2001:0:808:808::5601:5601", "2a00::5efe:168.63.129.16",
        "64:ff9b:1::169.254.169.254", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:a9:fe:a9fe::",
        "64:ff9b:1:0:a9:fea9:fe00::",
    ])
    func `a wide entry does not open a link-local address`(literal: String) throws {
        let address = try #require(IPAddress(literal: literal))
        guard
            case .forbidden = try EgressRules(
                allowing: "0.0.0.0/0, 169.0.0.0/8, ::/0, fe00::/8, 64:ff9b:1::/48, 2002::/16"
            ).judge(address)
        else {
            Issue.record("\(literal) is open")
            return
        }
    }

    @Test(arguments: [
        ("169.254.10.10", "169.254.10.0/24"), ("169.254.10.10", "169.254.0.0/16"), ("fe80::7", "fe80::/64"),
    ])
    func `an entry inside link-local opens its addresses`(literal: String, entry: String) throws {
        let address = try #require(IPAddress(literal: literal))
        #expect(try EgressRules(allowing: entry).judge(address) == .allowed)
    }

    @Test(arguments: [
        ("127.0.0.0/8", "127.9.9.9"), ("::1/128", "::1"), ("::1", "::1"), (" 10.1.0.0/16 ,\t127.0.0.1 ,", "127.0.0.1"),
        ("0.0.0.0/0", "10.0.0.1"), ("::/0", "fd00::1"), ("127.0.0.0/8", "::ffff:127.0.0.1"),
        ("::ffff:127.0.0.0/104", "127.0.0.1"), ("2001:db8::/32", "2001:db8::1"),
    ])
    func `an entry opens its addresses`(list: String, literal: String) throws {
        let address = try #require(IPAddress(literal: literal))
        #expect(try EgressRules(allowing: list).judge(address) == .allowed)
    }

    @Test(arguments: [
        ("127.0.0.0/8", "128.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("10.1.0.0/16", "10.2.0.1", false),
        ("0.0.0.0/0", "::1", false), ("::/0", "127.0.0.1", false), ("10.0.0.0/8", "64:ff9b::10.0.0.1", false),
        ("", "127.0.0.1", false),
    ])
    func `an entry opens nothing else`(list: String, literal: String, isOpen: Bool) throws {
        let address = try #require(IPAddress(literal: literal))
        #expect(try (EgressRules(allowing: list).judge(address) == .allowed) == isOpen)
    }

    @Test(arguments: [
        ("127.0.0.1,localhost", "localhost", "is not an IP address or a block such as 10.0.0.0/8"),
        ("10.0.0.0/33", "10.0.0.0/33", "has no valid number of bits after the slash (0–32, for IPv6 0–128)"),
        ("10.0.0.0/", "10.0.0.0/", "has no valid number of bits after the slash (0–32, for IPv6 0–128)"),
        ("10.0.0.0/+8", "10.0.0.0/+8", "has no valid number of bits after the slash (0–32, for IPv6 0–128)"),
        ("10.0.0.1/8", "10.0.0.1/8", "has bits set after its prefix; perhaps you mean 10.0.0.0/8"),
        ("fd00::1/8", "fd00::1/8", "has bits set after its prefix; perhaps you mean fd00::/8"),
        ("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2", "is more than one address; separate them by commas"),
    ])
    func `a bad entry is named`(list: String, entry: String, reason: String) {
        let error = #expect(throws: EgressRules.InvalidEntry.self) { try EgressRules(allowing: list) }
        #expect(error?.entry == entry)
        #expect(error?.reason == reason)
    }

    private func expectForbidden(_ literal: String, _ reason: String) throws {
        let address = try #require(IPAddress(literal: literal))
        #expect(EgressRules().judge(address) == .forbidden(reason: reason))
    }
}
