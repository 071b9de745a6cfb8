import CPostgres

/// A notification that a `NOTIFY` sent on a channel to which this session listens.
package struct Notification: Equatable, Sendable {
    package let channel: String
    package let payload: String
}

extension Connection {
    /// The notifications that have arrived, in order. It reads from the socket, so it also notices a lost connection.
    package func notifications() -> [Notification] {
        if isUsable, unsafe PQconsumeInput(handle.pointer) == 0, !isBusy { loss = .unreachable(handle.message) }
        var notifications: [Notification] = []
        while let notification = unsafe PQnotifies(handle.pointer) {
            defer { unsafe PQfreemem(notification) }
            unsafe notifications.append(
                Notification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)))
        }
        return notifications
    }
}
