import POSIX

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable {
    package enum Family: Hashable, Sendable {
        case v4
        case v6
    }

    package let family: Family
    /// The address as a number; of IPv4 in the lowest 32 bits.
    let number: UInt128

    init(family: Family, number: UInt128) {
        self.family = family
        self.number = number
    }

    /// - Parameter bytes: 4 of IPv4 or 16 of IPv6, most significant first; nil for another number of them.
    package init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: family = .v4
        case 16: family = .v6
        default: return nil
        }
        number = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// - Parameter literal: `a.b.c.d` in decimal, or IPv6 without a zone and brackets (RFC 4291 §2.2); nil for anything else.
    package init?(literal: String) {
        guard let bytes = addressBytes(of: literal) else { return nil }
        self.init(bytes: bytes)
    }

    /// How many bits an address of this family has.
    var width: Int { family == .v4 ? 32 : 128 }

    /// Its 4 or 16 bytes, most significant first.
    package var bytes: [UInt8] {
        stride(from: width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt128($0)) }
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String { addressText(of: bytes) ?? "" }
}
