/// Address blocks that do not belong to public hosts (IANA special-purpose registries of October 2025, RFC 6890).
enum AddressKind {
    /// Blocks that are not public, with the reason.
    static let special: [(block: AddressBlock, name: String)] = [
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared (carrier-grade NAT)"),
        ("127.0.0.0/8", "loopback"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignment"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "multicast tunnels"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard-only"),
        ("100:0:0:1::/64", "dummy"),
        ("2001:db8::/32", "documentation"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    ]

    static let linkLocal: [AddressBlock] = ["169.254.0.0/16", "fe80::/10"]

    /// Addresses where clouds serve metadata to their machines, including credentials.
    static let metadata: [AddressBlock] = [
        "169.254.169.254",  // AWS, Google, Azure and most others
        "168.63.129.16",  // Azure's wire server
        "100.100.100.200",  // Alibaba
        "192.0.0.192",  // Oracle
        "fd00:ec2::/32",  // AWS: instances, pods, time, DNS
        "fd20:ce::254",  // Google
        "fd00:c1::a9fe:a9fe",  // Oracle
        "fd00:42::42",  // Scaleway
    ]

    static let mapped: AddressBlock = "::ffff:0:0/96"
    private static let stateless: AddressBlock = "::ffff:0:0:0/96"
    private static let locallyTranslated: AddressBlock = "64:ff9b:1::/48"
    static let global: AddressBlock = "2000::/3"
    private static let compatible: AddressBlock = "::/96"
    private static let translated: AddressBlock = "64:ff9b::/96"
    private static let sixToFour: AddressBlock = "2002::/16"
    private static let teredo: AddressBlock = "2001::/32"
    /// Assigned to benchmarking, ORCHID and other uses. It contains Teredo, which is checked before it.
    private static let assignments: AddressBlock = "2001::/23"

    /// The IPv4 addresses that packets to an IPv6 address may finally reach.
    static func embedded(in address: IPAddress) -> (form: String, addresses: [IPAddress])? {
        func v4(_ shift: UInt128, invert: Bool = false) -> IPAddress {
            let number = (address.number >> shift) & 0xffff_ffff
            return IPAddress(family: .v4, number: invert ? number ^ 0xffff_ffff : number)
        }
        if compatible.contains(address) { return ("IPv4-compatible", [v4(0)]) }
        // RFC 2765, obsolete.
        if stateless.contains(address) { return ("IPv4-translated", [v4(0)]) }
        if translated.contains(address) { return ("NAT64", [v4(0)]) }
        if sixToFour.contains(address) { return ("6to4", [v4(80)]) }
        // RFC 4380 §4: the server's address, and the client's address with inverted bits.
        if teredo.contains(address) { return ("Teredo", [v4(64), v4(0, invert: true)]) }
        if locallyTranslated.contains(address) {
            // RFC 6052 §2.2 with prefixes of 96, 64, 56 and 48 bits. The eight bits from bit 64 belong to no address.
            let joined = (address.number >> 64) << 56 | address.number & ((1 << 56) - 1)
            let places = [address.number, joined >> 24, joined >> 32, joined >> 40]
            return ("local NAT64", places.map { IPAddress(family: .v4, number: $0 & 0xffff_ffff) })
        }
        // RFC 5214 §6.1, after any prefix. Two bits of the first byte do not matter here.
        if address.family == .v6, (address.number >> 32) & 0xfcff_ffff == 0x0000_5efe { return ("ISATAP", [v4(0)]) }
        return nil
    }

    /// Whether an address without a special purpose belongs to a public host.
    static func isPublic(_ address: IPAddress) -> Bool {
        if address.family == .v4 || translated.contains(address) || teredo.contains(address) { return true }
        return global.contains(address) && !assignments.contains(address)
    }
}
