import Postgres

extension TestDatabase {
    /// Waits until `sessions` sessions wait for a lock. `applicationName` counts only sessions of this program, such as
    /// a function's name; nil counts all. Returns the process ids of the waiting sessions.
    @discardableResult
    package func waitForLock(of applicationName: String? = nil, sessions: Int = 1) throws -> [Int] {
        // A transaction would always see the same activity; this connection uses none.
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
