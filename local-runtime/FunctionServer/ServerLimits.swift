import System

/// The bounds of a server. They are those of the gateway.
package struct ServerLimits: Sendable {
    /// The largest body of a request in bytes.
    package var body = 1 << 20
    /// The largest head of a request in bytes, and the most fields in it.
    package var head = 16 << 10
    package var fields = 100
    /// The bytes of all requests that may be in memory at a time.
    package var allBodies = 64 << 20
    /// The connections that are served at a time. Further ones get a 503.
    package var connections = 1024
    /// The connections that are told so at a time; above these they are closed at once.
    package var refusedConnections = 128
    /// How long a head and a body may take each, from their first byte to the last one.
    package var patience: Duration = .seconds(10)
    /// How long a connection may be open without a request, and how long the other side may take to read an answer.
    package var idleTime: Duration = .seconds(75)
    /// How long the other side has to close a connection after the last answer.
    package var leaveTime: Duration = .seconds(2)
    /// How long requests may take that are under way when the server ends.
    package var endPatience: Duration = .seconds(30)

    /// The connections are as many as this process may have files open, besides those of functions.
    package init() {
        connections = min(connections, max(OpenFiles.limit - 64 - refusedConnections, 32))
    }
}
