package import JSON

/// A literal address: a dotted quad, or IPv6 in any form of RFC 4291 §2.2. What inet_pton takes, and nothing else.
package struct IPAddress: Sendable, Hashable {
    /// Network byte order: 4 or 16.
    package let bytes: [UInt8]

    package init?(parsing text: some StringProtocol) {
        guard let bytes = IPAddress.v4(text) ?? IPAddress.v6(text) else { return nil }
        self.bytes = bytes
    }

    package var isV6: Bool { bytes.count == 16 }

    /// Four decimal numbers without leading zeros, which some readers take for octal.
    static func v4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(\.isDigit),
                part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            let value = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard value <= 255 else { return nil }
            bytes.append(UInt8(value))
        }
        return bytes
    }

    private static func v6(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        let halves = String(text).halvesAtDoubleColon
        guard let head = bytes(halves.head, mayEndInV4: halves.tail == nil) else { return nil }
        guard let tailText = halves.tail else { return head.count == 16 ? head : nil }
        guard let tail = bytes(tailText, mayEndInV4: true), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Groups of up to four hexadecimal digits, the last two perhaps as a dotted quad.
    private static func bytes(_ text: Substring, mayEndInV4: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, group) in groups.enumerated() {
            if mayEndInV4, index == groups.count - 1, let quad = v4(group) { return bytes + quad }
            guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(\.isHexDigit),
                let value = UInt16(group, radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
        }
        return bytes
    }
}

extension String {
    fileprivate var halvesAtDoubleColon: (head: Substring, tail: Substring?) {
        let bytes = utf8
        for index in bytes.indices where bytes[index...].starts(with: "::".utf8) {
            return (self[..<index], self[bytes.index(index, offsetBy: 2)...])
        }
        return (self[...], nil)
    }
}

extension UInt8 {
    var isHexDigit: Bool { isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }
}

extension IPAddress: CustomStringConvertible {
    /// A dotted quad, or the canonical form of RFC 5952.
    package var description: String {
        guard isV6 else { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let text = groups.map { String($0, radix: 16) }
        guard let zeros = IPAddress.longestZeros(groups) else { return text.joined(separator: ":") }
        return text[..<zeros.lowerBound].joined(separator: ":") + "::"
            + text[zeros.upperBound...].joined(separator: ":")
    }

    /// The first longest run of at least two zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start >= 2, index - start > best?.count ?? 0 { best = start..<index }
            start = index + 1
        }
        return best
    }
}

extension Rule<String> {
    /// A literal IPv4 or IPv6 address, kept as it is written.
    package static var ip: Rule {
        text(1...45).parsed(placeholder: "", schema: ["anyOf": [["format": "ipv4"], ["format": "ipv6"]]]) {
            text throws(Wrong) in
            guard IPAddress(parsing: text) != nil else {
                throw Wrong(
                    "must be an IPv4 or IPv6 address, such as \"192.0.2.1\" or \"2001:db8::1\", not \"\(text)\"")
            }
            return text
        }
    }
}
