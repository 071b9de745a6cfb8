package import Postgres

extension Outbox {
    /// Says that a poller is there.
    /// - Parameters:
    ///   - poller: its id, a UUID.
    ///   - uptime: seconds since it started.
    ///   - problem: what keeps it from sending; nil for nothing.
    package static func beat(_ poller: String, version: String, uptime: Double, problem: String?) -> Call {
        Call(
            .recordHeartbeat,
            [.text(poller), .text(version), .text(String(uptime)), .optional(problem.map { String($0.prefix(500)) })])
    }

    /// A poller has ended in good order.
    package static func leave(_ poller: String) -> Call { Call(.removeHeartbeat, [.text(poller)]) }
}
