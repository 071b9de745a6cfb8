import Egress
import Testing

struct IPAddressTests {
    @Test(arguments: ["127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::8:800:200c:417a", "::ffff:10.0.0.1"])
    func `a literal is written as it is read`(literal: String) {
        #expect(IPAddress(literal: literal)?.description == literal)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1 ", "[::1]", "fe80::1%lo",
        "1.2.3.4\0",
        "１27.0.0.1", "1.2.3.256", ":::",
    ])
    func `anything else is not an address`(text: String) {
        #expect(IPAddress(literal: text) == nil)
    }

    @Test(arguments: [
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"), ("0:0:0:0:0:0:0:0", "::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
    ])
    func `IPv6 has one canonical form`(literal: String, expected: String) {
        #expect(IPAddress(literal: literal)?.description == expected)
    }

    @Test func `its bytes stand in the order of the network`() {
        #expect(IPAddress(bytes: [10, 1, 2, 3])?.description == "10.1.2.3")
        #expect(IPAddress(literal: "10.1.2.3")?.bytes == [10, 1, 2, 3])
        #expect(IPAddress(literal: "::1")?.bytes == [UInt8](repeating: 0, count: 15) + [1])
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
    }
}
