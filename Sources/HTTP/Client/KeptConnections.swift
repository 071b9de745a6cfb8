/// Hosts whose connections may be reused. A host that closed a reused connection under a request gets a new connection
/// for each request for ten minutes: the lost request may have arrived, and only a further attempt may repeat it.
struct KeptConnections {
    private var distrustedUntil: [RequestTarget: Int64] = [:]

    private static let distrust: Int64 = 600_000_000_000
    private static let limit = 10_000

    /// `now` is in nanoseconds of the monotonic clock.
    func areTrusted(for target: RequestTarget, now: Int64) -> Bool {
        distrustedUntil.isEmpty || distrustedUntil[target, default: 0] <= now
    }

    /// Records that the host closed a kept connection before it answered.
    mutating func wasClosed(by target: RequestTarget, now: Int64) {
        if distrustedUntil.count >= Self.limit { distrustedUntil = distrustedUntil.filter { $0.value > now } }
        guard distrustedUntil.count < Self.limit else { return }
        distrustedUntil[target] = now + Self.distrust
    }
}
