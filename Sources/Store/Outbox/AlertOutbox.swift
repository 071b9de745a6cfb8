/// The alerts for the operator, as a poller sees them. Each statement that it sends has a type of its own in this folder.
package enum AlertOutbox {
    /// The session of whoever sends alerts.
    package static let session = SessionSetup(
        settings: [("lock_timeout", "5s"), ("statement_timeout", "30s"), ("jit", "off")],
        checks: [CheckWritable(), CheckInstallation()])

    /// Ids of alerts begin here, so that no receiver takes one for a delivery's.
    package static let firstID = 1 << 52
}
