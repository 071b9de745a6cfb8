import System

/// Hosts whose connections may be reused. A host that closed a reused connection under a request gets a new connection
/// for each request for ten minutes: the lost request may have arrived, and only a further attempt may repeat it.
struct KeptConnections {
    private var distrustedUntil: [RequestTarget: Instant] = [:]

    private static let distrust: Duration = .seconds(600)
    private static let limit = 10_000

    func areTrusted(for target: RequestTarget, now: Instant) -> Bool {
        distrustedUntil.isEmpty || distrustedUntil[target, default: .distantPast] <= now
    }

    /// Records that the host closed a kept connection before it answered.
    mutating func wasClosed(by target: RequestTarget, now: Instant) {
        if distrustedUntil.count >= Self.limit { distrustedUntil = distrustedUntil.filter { $0.value > now } }
        guard distrustedUntil.count < Self.limit else { return }
        distrustedUntil[target] = now + Self.distrust
    }
}
