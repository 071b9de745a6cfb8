import Postgres

extension TestDatabase {
    /// Waits until so many sessions wait for a lock.
    /// - Parameter applicationName: only those of this program, e.g. a function's name; nil for all.
    /// - Returns: the processes of their sessions.
    @discardableResult
    package func waitForLock(of applicationName: String? = nil, sessions: Int = 1) throws -> [Int] {
        // A transaction would see the same activity all the time; this connection has none.
        let watcher = try connect(applicationName: "test watcher")
        var waiting: [Int] = []
        try waitUntil("\(sessions) sessions of \(applicationName ?? "any program") that wait for a lock") {
            waiting = try watcher.run(
                """
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                    AND application_name = coalesce(\(applicationName), application_name)
                """
            ).compactMap { $0.integer("pid") }
            return waiting.count >= sessions
        }
        return waiting
    }
}
