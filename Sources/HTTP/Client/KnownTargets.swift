import Text

/// The targets of the origins that were requested recently. Parsing a URL with curl takes longer than many other steps
/// of a request, and the path and the query do not change the host and the port (RFC 3986 §3.2).
struct KnownTargets {
    private var targets: [Substring: RequestTarget] = [:]

    /// The highest number of origins; when there are more, all are forgotten.
    private static let limit = 4096

    /// - Returns: nil for a URL that curl would not request.
    mutating func target(of url: String) -> RequestTarget? {
        guard let origin = KnownTargets.plainOrigin(of: url) else { return RequestTarget(url) }
        if let known = targets[origin] { return known }
        guard let target = RequestTarget(url) else { return nil }
        if targets.count >= KnownTargets.limit { targets = [:] }
        // The copy does not keep the rest of the URL in memory.
        targets[Substring(String(origin))] = target
        return target
    }

    /// The scheme and the authority of a URL if the authority has only letters, digits, points, hyphens and a port, so
    /// that no parser can read it in another way; nil for all other URLs.
    private static func plainOrigin(of url: String) -> Substring? {
        let bytes = url.utf8
        guard let scheme = ["http://", "https://"].first(where: { bytes.starts(with: $0.utf8) }) else { return nil }
        let start = bytes.index(bytes.startIndex, offsetBy: scheme.utf8.count)
        let rest = bytes[start...]
        guard let end = rest.firstIndex(where: { !$0.isOfPlainAuthority }), bytes[end] == UInt8(ascii: "/"), end > start
        else { return nil }
        return url[..<end]
    }
}

extension UInt8 {
    fileprivate var isOfPlainAuthority: Bool {
        isLetter || isDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: ":")
    }
}
