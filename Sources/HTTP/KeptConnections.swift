/// To whom connections are kept open for later requests. One who closes them under a request gets a new one for each
/// request for a while: the request may have arrived before, and only another attempt may send it again.
struct KeptConnections {
    private var distrustedUntil: [Substring: Int64] = [:]

    private static let distrust: Int64 = 600_000_000_000
    private static let limit = 10_000

    /// - Parameter now: nanoseconds of the monotonic clock.
    func areTrusted(for url: String, now: Int64) -> Bool {
        if distrustedUntil.isEmpty { return true }
        return distrustedUntil[Self.origin(of: url), default: 0] <= now
    }

    /// A kept connection was closed before it brought an answer.
    mutating func wasClosed(under url: String, now: Int64) {
        if distrustedUntil.count >= Self.limit { distrustedUntil = distrustedUntil.filter { $0.value > now } }
        guard distrustedUntil.count < Self.limit else { return }
        distrustedUntil[Self.origin(of: url)] = now + Self.distrust
    }

    /// Scheme, host and port, as they are written.
    private static func origin(of url: String) -> Substring {
        let start = url.firstIndex(of: "/").map { url.index($0, offsetBy: 2, limitedBy: url.endIndex) ?? url.endIndex }
        let rest = url[(start ?? url.startIndex)...]
        return url[..<(rest.firstIndex { "/?#".contains($0) } ?? url.endIndex)]
    }
}
