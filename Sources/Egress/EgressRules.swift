/// Decides which addresses may be dialled: public ones, and those on an allow list.
///
/// The rules check addresses and never names: a name may lead to a forbidden address, and an address may be written in
/// many ways.
package struct EgressRules: Sendable {
    private let allowed: [AddressBlock]

    package enum Verdict: Equatable, Sendable {
        case allowed
        /// - Parameter reason: the kind of address, such as `loopback`.
        case forbidden(reason: String)
    }

    /// An invalid entry of the allow list.
    package struct InvalidEntry: Error, Equatable, CustomStringConvertible {
        package let entry: String
        package let reason: String

        package var description: String { "\"\(entry)\" \(reason)" }
    }

    /// Allows public addresses only.
    package init() {
        allowed = []
    }

    /// Allows public addresses and those on the list. `list` contains addresses and CIDR blocks, separated by commas;
    /// spaces around them are ignored.
    package init(allowing list: String) throws(InvalidEntry) {
        var blocks: [AddressBlock] = []
        for part in list.split(separator: ",") {
            let entry = part.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
            let rest = part[entry.endIndex...]
            guard rest.allSatisfy(\.isWhitespace) else {
                throw InvalidEntry(entry: String(part), reason: "is more than one address; separate them by commas")
            }
            if entry.isEmpty { continue }
            do {
                blocks.append(try AddressBlock(parsing: entry).unmapped)
            } catch {
                throw InvalidEntry(entry: String(entry), reason: error.explanation)
            }
        }
        allowed = blocks
    }

    package func judge(_ address: IPAddress) -> Verdict {
        if AddressKind.mapped.contains(address) {
            return judge(IPAddress(family: .v4, number: address.number & 0xffff_ffff))
        }
        if let reason = guarded(address) {
            return opensAlone(address) ? .allowed : .forbidden(reason: reason)
        }
        if allowed.contains(where: { $0.contains(address) }) { return .allowed }
        return judgeUnlisted(address)
    }

    /// The reason why an address may not be dialled, as text for people; nil if it may.
    package func refusal(of address: IPAddress) -> String? {
        guard case .forbidden(let reason) = judge(address) else { return nil }
        return "\(address) may not be dialled: \(reason)"
    }

    /// Decides by the kind of address, without the allow list. Embedded IPv4 addresses are decided here too: an entry
    /// `10.0.0.0/8` does not open an IPv6 address that a remote gateway translates to 10.0.0.1.
    private func judgeUnlisted(_ address: IPAddress) -> Verdict {
        if let kind = AddressKind.special.first(where: { $0.block.contains(address) }) {
            return .forbidden(reason: kind.name)
        }
        if let embedded = AddressKind.embedded(in: address) {
            for inner in embedded.addresses {
                guard case .forbidden(let reason) = judgeUnlisted(inner) else { continue }
                return .forbidden(reason: "\(embedded.form) form of \(inner), \(reason)")
            }
        }
        return AddressKind.isPublic(address) ? .allowed : .forbidden(reason: "not public")
    }

    /// The reason why a wide entry does not open this address; nil if it may. An entry `0.0.0.0/0` for an internal
    /// network is not meant to open the cloud's metadata service.
    private func guarded(_ address: IPAddress) -> String? {
        if AddressKind.metadata.contains(where: { $0.contains(address) }) { return "cloud metadata" }
        if AddressKind.linkLocal.contains(where: { $0.contains(address) }) { return "link-local" }
        guard let embedded = AddressKind.embedded(in: address) else { return nil }
        for inner in embedded.addresses {
            if let reason = guarded(inner) { return "\(embedded.form) form of \(inner), \(reason)" }
        }
        return nil
    }

    /// Whether an entry opens a guarded address explicitly: the entry is this address, or a link-local block that
    /// contains it.
    private func opensAlone(_ address: IPAddress) -> Bool {
        allowed.contains { block in
            if block.isExactly(address) { return true }
            return block.contains(address) && AddressKind.linkLocal.contains { block.isInside($0) }
        }
    }
}

extension AddressBlock.Fault {
    fileprivate var explanation: String {
        switch self {
        case .notAnAddress: "is not an IP address or a block such as 10.0.0.0/8"
        case .badPrefix: "has no valid number of bits after the slash (0–32, for IPv6 0–128)"
        case .bitsBehindPrefix(let block): "has bits set after its prefix; perhaps you mean \(block)"
        }
    }
}
