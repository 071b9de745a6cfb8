/// What is owed, as a poller sees it. Each statement that a poller sends has a type of its own in this folder; effects are the
/// poller's.
package enum Outbox {
    /// The channel on which commits announce that something is owed.
    package static let channel = Wakeup.channel

    /// The session that claims and completes deliveries. On an empty queue that was just vacuumed the planner would take every
    /// statement's generic plan for a sequential scan, and keep it when the queue has grown.
    /// - Parameter longest: seconds that a statement may take; what is claimed in more is of no use.
    package static func pumpSession(longest: Double) -> SessionSetup {
        let off = [
            "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit",
        ]
        return SessionSetup(
            settings: off.map { ($0, "off") } + [
                ("plan_cache_mode", "force_generic_plan"), ("statement_timeout", "\(Int(longest * 1000))ms"),
                // A time that was read is sent back as it was written.
                ("DateStyle", "ISO"), ("TimeZone", "UTC"),
            ], checks: [CheckWritable(), CheckInstallation(), CheckPollerRights()], channel: channel)
    }

    /// The session of the upkeep.
    package static let upkeepSession = SessionSetup(
        settings: [("lock_timeout", "5s"), ("jit", "off")], checks: [CheckWritable(), CheckInstallation()])

    /// The postback of which a notification on `channel` says that it was resumed; nil for every other notification.
    package static func resumedPostback(_ payload: String) -> Int? {
        payload.hasPrefix("resumed ") ? Int(payload.dropFirst("resumed ".count)) : nil
    }
}
