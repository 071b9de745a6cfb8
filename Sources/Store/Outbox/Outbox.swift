import System

/// The outbox, as a poller sees it. Each statement that a poller sends has its own type in this folder; the poller acts
/// on the answers.
package enum Outbox {
    /// The channel on which commits announce new deliveries.
    package static let channel = Wakeup.channel

    /// The session that claims and completes deliveries. A statement may take `longest`; a claim that takes longer is
    /// useless.
    package static func pollingSession(longest: Duration) -> SessionSetup {
        session(longest: longest, channel: channel)
    }

    /// The session that searches the outbox while such searches are slow.
    package static func searchingSession(longest: Duration) -> SessionSetup { session(longest: longest, channel: nil) }

    /// If the queue is empty and was just vacuumed, the planner would choose a sequential scan for every generic plan,
    /// and keep that plan when the queue has grown.
    private static func session(longest: Duration, channel: String?) -> SessionSetup {
        let off = [
            "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit",
        ]
        return SessionSetup(
            settings: off.map { ($0, "off") } + [
                ("plan_cache_mode", "force_generic_plan"), ("statement_timeout", "\(longest.wholeMilliseconds)ms"),
                // Times that were read are sent back in the same format.
                ("DateStyle", "ISO"), ("TimeZone", "UTC"),
            ],
            // The request and the answer of an attempt may be large.
            ownSettings: [("default_toast_compression", "lz4")],
            checks: [CheckWritable(), CheckInstallation(), CheckPollerRights()], channel: channel)
    }

    /// The session of the upkeep.
    package static let upkeepSession = SessionSetup(
        settings: [("lock_timeout", "5s"), ("jit", "off")], checks: [CheckWritable(), CheckInstallation()])

    /// The postback whose resumption a notification on `channel` announces; nil for every other notification.
    package static func resumedPostback(_ payload: String) -> Int? {
        payload.hasPrefix("resumed ") ? Int(payload.dropFirst("resumed ".count)) : nil
    }
}
