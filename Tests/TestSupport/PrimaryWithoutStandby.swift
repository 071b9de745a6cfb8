import EmbeddedPostgres
import Postgres
import System

/// A server whose commits wait for a synchronous standby that does not exist, from `awaitStandby` on.
package struct PrimaryWithoutStandby {
    package let installation: Installation
    private let folder: TemporaryFolder
    private let server: EmbeddedServer
    private let watcher: Connection

    package init() throws {
        folder = try TemporaryFolder(mode: 0o711)
        server = EmbeddedServer(
            home: folder.path, settings: ["fsync": "off", "max_wal_senders": "2", "synchronous_commit": "on"],
            diesWithParent: false)
        try server.start()
        let database = TestDatabase(connectionString: server.connectionString)
        installation = try Installation.make(on: database)
        watcher = try database.connect(applicationName: "test watcher")
    }

    /// From now on each commit waits. The checkpointer decides this, and may read the setting later than other processes do.
    package func awaitStandby() throws {
        try setStandbys("absent")
        let probe = try installation.database.connect(applicationName: "test probe")
        try waitUntil("commits wait for the standby") { try commitWaits(probe) }
    }

    /// Commits a transaction, and cancels its wait for the standby. Returns false if it did not wait.
    private func commitWaits(_ probe: Connection) throws -> Bool {
        try probe.start([[Call("SELECT pg_logical_emit_message(true, 'probe', '')")]])
        var waits = false
        while probe.poll() == nil {
            if try !waits && isWaiting("test probe") {
                waits = true
                try cancelCommit(of: "test probe")
            }
            _ = try wait(for: probe.interests, atMost: .milliseconds(10))
        }
        return waits
    }

    /// Lets those commits succeed that wait now, and those that come later.
    package func endWaiting() throws { try setStandbys("") }

    private func setStandbys(_ names: String) throws {
        try watcher.execute(script: "ALTER SYSTEM SET synchronous_standby_names = '\(names)'")
        try watcher.execute(script: "SELECT pg_reload_conf()")
        try waitUntil("the server has read its settings") {
            try watcher.run("SHOW synchronous_standby_names")[0].text(0) == names
        }
    }

    /// Waits until a commit of this program waits for the standby.
    package func waitForCommit(of applicationName: String) throws {
        try waitUntil("a commit of \(applicationName) waits for the standby") { try isWaiting(applicationName) }
    }

    private func isWaiting(_ applicationName: String) throws -> Bool {
        try !watcher.run(
            "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = \(applicationName)"
        ).isEmpty
    }

    /// Cancels the statement whose commit waits, as an administrator may do.
    package func cancelCommit(of applicationName: String) throws {
        try waitForCommit(of: applicationName)
        _ = try watcher.run(
            """
            SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE wait_event = 'SyncRep' AND application_name = \(applicationName)
            """)
    }
}
