import JSON

/// Ports that speak TLS in front of plain sites, correctly or with faults.
package final class TLSFront: Sendable {
    private let script: Script

    package enum Manner: Sendable {
        case relay(Certificates.Pair)
        /// The handshake does not continue.
        case stall
        case close
        case reset
        /// It sends bytes that are not TLS.
        case garbage
        /// It sends a fatal alert.
        case alert
    }

    /// A port that speaks TLS.
    package struct Port: Sendable, Hashable {
        package let number: Int
        package var url: String { "https://127.0.0.1:\(number)" }
    }

    package init() throws { script = try Script("front.py") }

    package func open(before site: Site, _ manner: Manner) throws -> Port {
        try open(beforePort: Int(site.port), manner)
    }

    /// `port` is a port of this machine where a server speaks HTTP.
    package func open(beforePort port: Int, _ manner: Manner) throws -> Port {
        let line = try script.ask(manner.command(JSON.Member("open", .integer(port))))
        return Port(number: Int(line) ?? 0)
    }

    /// Changes how new connections are treated.
    package func become(_ manner: Manner, at port: Port) throws {
        try script.ask(manner.command(JSON.Member("at", .integer(port.number))))
    }
}

extension TLSFront.Manner {
    fileprivate func command(_ first: JSON.Member) -> JSON {
        let rest: JSON =
            switch self {
            case .relay(let pair):
                ["manner": "relay", "certificate": .string(pair.certificate), "key": .string(pair.key)]
            case .stall: ["manner": "stall"]
            case .close: ["manner": "close"]
            case .reset: ["manner": "reset"]
            case .garbage: ["manner": "garbage"]
            case .alert: ["manner": "alert"]
            }
        guard case .object(let members) = rest else { return rest }
        return .object([first] + members)
    }
}
