import System

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable {
    package enum Family: Hashable, Sendable {
        case v4
        case v6
    }

    package let family: Family
    /// The address as a number; an IPv4 address uses the lowest 32 bits.
    let number: UInt128

    init(family: Family, number: UInt128) {
        self.family = family
        self.number = number
    }

    /// - Parameter bytes: 4 bytes for IPv4 or 16 for IPv6, most significant first; any other number gives nil.
    package init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: family = .v4
        case 16: family = .v6
        default: return nil
        }
        number = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// - Parameter literal: `a.b.c.d` in decimal, or IPv6 without zone and brackets (RFC 4291 §2.2); anything else
    ///   gives nil.
    package init?(literal: String) {
        guard let bytes = addressBytes(of: literal) else { return nil }
        self.init(bytes: bytes)
    }

    /// The number of bits of an address of this family.
    var width: Int { family == .v4 ? 32 : 128 }

    /// The 4 or 16 bytes, most significant first.
    package var bytes: [UInt8] {
        stride(from: width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt128($0)) }
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String { addressText(of: bytes) ?? "" }
}
