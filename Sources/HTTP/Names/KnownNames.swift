import Egress
import System

/// The results of earlier lookups. The egress rules allow all addresses in it.
struct KnownNames {
    private var entries: [String: (addresses: [IPAddress], time: Instant)] = [:]
    private let lifetime: Duration
    /// The usual lifetime of a lookup. The system's resolver does not report a TTL.
    static let lifetime: Duration = .seconds(60)
    private static let limit = 10_000
    /// The highest number of addresses kept for a name. The egress rules check further ones too, but they are not
    /// dialled.
    private static let kept = 32

    /// - Parameter lifetime: how long a lookup stays valid.
    init(lifetime: Duration) { self.lifetime = lifetime }

    /// - Returns: nil if the name must be looked up.
    func addresses(of name: String, now: Instant) -> [IPAddress]? {
        entries[name].flatMap { now - $0.time < lifetime ? $0.addresses : nil }
    }

    /// Whether a lookup of the name succeeded before, however long ago.
    func contains(_ name: String) -> Bool { entries[name] != nil }

    mutating func remember(_ addresses: [IPAddress], of name: String, now: Instant) {
        if entries.count >= KnownNames.limit { entries = [:] }
        entries[name] = (Array(addresses.prefix(KnownNames.kept)), now)
    }

    /// Expires the entry, so that the next request looks the name up again.
    mutating func distrust(_ name: String) { entries[name]?.time = .distantPast }

    mutating func forget(_ name: String) { entries[name] = nil }
}
