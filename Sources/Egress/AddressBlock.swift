/// A CIDR block, such as `10.0.0.0/8`.
struct AddressBlock: Hashable, Sendable {
    let base: IPAddress
    /// The number of leading bits that all addresses share: 0–32 or 0–128.
    let prefix: Int

    /// The reason why a text is no block.
    enum Fault: Error {
        case notAnAddress
        case badPrefix
        /// Bits are set after the prefix. The value is the block that was probably meant.
        case bitsBehindPrefix(AddressBlock)
    }

    /// Reads an address, optionally followed by `/` and the number of bits.
    init(parsing text: Substring) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(literal: String(parts[0])) else { throw .notAnAddress }
        guard parts.count == 2 else {
            self.init(base: address, prefix: address.width)
            return
        }
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let prefix = Int(digits), prefix <= address.width
        else { throw .badPrefix }
        self.init(base: address, prefix: prefix)
        guard base == address else { throw .bitsBehindPrefix(self) }
    }

    /// The block of this size that contains the address.
    private init(base address: IPAddress, prefix: Int) {
        let mask: UInt128 = prefix == 0 ? 0 : ~0 << UInt128(address.width - prefix)
        let base = IPAddress(family: address.family, number: address.number & mask)
        self.base = base
        self.prefix = prefix
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.family == base.family else { return false }
        // A shift by the whole width is 0 in Swift.
        return (address.number ^ base.number) >> UInt128(base.width - prefix) == 0
    }

    /// Whether all of its addresses belong to the other block.
    func isInside(_ other: AddressBlock) -> Bool {
        prefix >= other.prefix && other.contains(base)
    }

    /// Whether it consists of this one address.
    func isExactly(_ address: IPAddress) -> Bool {
        prefix == base.width && base == address
    }

    /// The corresponding IPv4 block if all addresses are IPv4-mapped (RFC 4291 §2.5.5.2); otherwise the block itself.
    var unmapped: AddressBlock {
        guard isInside(AddressKind.mapped) else { return self }
        return AddressBlock(base: IPAddress(family: .v4, number: base.number & 0xffff_ffff), prefix: prefix - 96)
    }
}

extension AddressBlock: ExpressibleByStringLiteral {
    /// Used for the tables of this module. A wrong literal is a bug and stops the program.
    init(stringLiteral text: StaticString) {
        do {
            try self.init(parsing: text.description[...])
        } catch {
            preconditionFailure("not a block of addresses: \(text)")
        }
    }
}

extension AddressBlock: CustomStringConvertible {
    var description: String { "\(base)/\(prefix)" }
}
