/// To whom connections are kept open for later requests. One who closes them under a request gets a new one for each
/// request for a while: the request may have arrived before, and only another attempt may send it again.
struct KeptConnections {
    private var distrustedUntil: [RequestTarget: Int64] = [:]

    private static let distrust: Int64 = 600_000_000_000
    private static let limit = 10_000

    /// - Parameter now: nanoseconds of the monotonic clock.
    func areTrusted(for target: RequestTarget, now: Int64) -> Bool {
        distrustedUntil.isEmpty || distrustedUntil[target, default: 0] <= now
    }

    /// A kept connection was closed before it brought an answer.
    mutating func wasClosed(by target: RequestTarget, now: Int64) {
        if distrustedUntil.count >= Self.limit { distrustedUntil = distrustedUntil.filter { $0.value > now } }
        guard distrustedUntil.count < Self.limit else { return }
        distrustedUntil[target] = now + Self.distrust
    }
}
