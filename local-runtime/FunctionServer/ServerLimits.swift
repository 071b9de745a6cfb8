import System

/// The bounds of a server. They are those of the gateway, except for the body.
package struct ServerLimits: Sendable {
    /// The largest body of a request in bytes: the largest input that the function takes.
    package var body: Int
    /// The largest head of a request in bytes, and the most fields in it.
    package var head = 16 << 10
    package var fields = 100
    /// The bytes of all requests that may be in memory at a time.
    package var allBodies = 64 << 20
    /// The connections that are served at a time. Further ones get a 503.
    package var connections = 1024
    /// The connections that may get such a 503 at the same time; above this number they are closed without an answer.
    package var refusedConnections = 128
    /// The time for a head, and again for a body, from its first byte to its last.
    package var patience: Duration = .seconds(10)
    /// The time for which a connection may be open without a request, and in which the other side has to read an
    /// answer.
    package var idleTime: Duration = .seconds(75)
    /// The time in which the other side has to close a connection after the last answer.
    package var leaveTime: Duration = .seconds(2)
    /// The time for requests that are under way when the server ends.
    package var endPatience: Duration = .seconds(30)

    /// Limits with bodies of up to `body` bytes. There are fewer connections if this process may not open so many files.
    package init(body: Int) {
        self.body = body
        connections = min(connections, max(OpenFiles.limit - 64 - refusedConnections, 32))
    }
}
