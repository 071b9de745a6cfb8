import System

/// One port of a hostile receiver: a destination with its own behaviour.
package struct Site: Sendable, Hashable {
    package let port: UInt16

    /// The scheme, host and port.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// A URL whose requests are answered with this behaviour, whatever the site's own is.
    package func url(as behaviour: Behaviour) -> String { "\(url)\(Site.choice)\(behaviour.name)" }

    private static let choice = "/as/"

    /// The behaviour that a request's target asks for; nil if it asks for none.
    static func behaviour(for target: String) -> Behaviour? {
        guard target.hasPrefix(choice) else { return nil }
        return Behaviour.named(String(target.dropFirst(choice.count).prefix { $0 != "/" && $0 != "?" }))
    }
}

/// The receiver's state of a site.
struct SiteState: Sendable {
    let listener: TCPListener
    var behaviour: Behaviour
    /// Whether every request is answered well, whatever behaviour it asks for.
    var isHealed = false
    /// The receiver's own connections that fill the accept queue.
    var fillers: [Descriptor] = []

    init(_ behaviour: Behaviour) throws(SystemError) {
        self.behaviour = behaviour
        switch behaviour.listening {
        case .usual: listener = try TCPListener()
        case .refusing: listener = try TCPListener(backlog: nil)
        case .full:
            listener = try TCPListener(backlog: 0)
            // A queue of length 0 holds one connection. When it is full, the kernel drops further connection requests.
            fillers = [try Descriptor.connect(to: "127.0.0.1", port: listener.port)]
        }
    }

    var isServed: Bool { behaviour.listening == .usual }
}
