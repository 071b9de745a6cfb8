import Egress
import POSIX

/// Where names led when they were last looked up: all of their addresses may be dialled.
struct KnownNames {
    private var entries: [String: (addresses: [IPAddress], time: Int64)] = [:]
    private let lifetime: Int64
    /// Nanoseconds for which a lookup usually holds. The system's resolver does not say for how long an answer is valid.
    static let lifetime: Int64 = 60_000_000_000
    private static let limit = 10_000
    /// More of a name's addresses than these are judged, but not tried.
    private static let kept = 32

    /// - Parameter lifetime: for how many nanoseconds a lookup holds.
    init(lifetime: Int64) { self.lifetime = lifetime }

    /// Nil: the name is to be looked up.
    func addresses(of name: String, now: Int64) -> [IPAddress]? {
        entries[name].flatMap { now - $0.time < lifetime ? $0.addresses : nil }
    }

    /// Whether it was found before, however long ago.
    func contains(_ name: String) -> Bool { entries[name] != nil }

    mutating func remember(_ addresses: [IPAddress], of name: String, now: Int64) {
        if entries.count >= KnownNames.limit { entries = [:] }
        entries[name] = (Array(addresses.prefix(KnownNames.kept)), now)
    }

    /// The next request looks it up again.
    mutating func distrust(_ name: String) { entries[name]?.time = .min / 2 }

    mutating func forget(_ name: String) { entries[name] = nil }
}
