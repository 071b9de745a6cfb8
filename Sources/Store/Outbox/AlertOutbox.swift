/// The alerts for the operator, as a poller sees them. Each statement that it sends has its own type in this folder.
package enum AlertOutbox {
    /// The session that sends alerts.
    package static let session = SessionSetup(
        settings: [("lock_timeout", "5s"), ("statement_timeout", "30s"), ("jit", "off")],
        checks: [CheckWritable(), CheckInstallation()])

    /// The lowest id of an alert, so high that no receiver takes it for the id of a delivery.
    package static let firstID = 1 << 52
}
