/// The names under which the gateway answers. A page of another site can lead its own name to this address (DNS
/// rebinding). The browser would then let it read every answer; the name in `Host` shows where the page came from.
package struct HostRules: Sendable {
    /// Names and addresses without a port, in lower case.
    private let hosts: Set<String>
    /// The names that the operator has listed, as they are written there, in lower case.
    private let listed: Set<String>

    /// `bound` is the address that the gateway listens on. `listed` contains further names, each with or without a
    /// port.
    package init(bound: String, listed: [String]) {
        let listed = listed.map { $0.lowercased() }
        let address = bound.contains(":") ? "[\(bound.lowercased())]" : bound.lowercased()
        let anywhere: Set = ["0.0.0.0", "[::]"]
        hosts = Set(["localhost", "127.0.0.1", "[::1]"] + listed.map(HostRules.name) + [address]).subtracting(anywhere)
        self.listed = Set(listed)
    }

    /// The host without its port, in lower case.
    private static func name(_ host: String) -> String {
        let host = host.lowercased()
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
        return String(host.prefix { $0 != ":" })
    }

    /// - Throws: 400 for no or several hosts, 421 for one that is not this gateway's.
    package func check(_ request: Request) throws(Refusal) {
        let values = request.values(of: "host")
        guard values.count == 1, let host = values.first, !host.isEmpty else {
            throw Refusal(400, "invalid_request", "the request must have one Host header")
        }
        guard hosts.contains(HostRules.name(host)) else {
            throw Refusal(
                421, "wrong_host",
                "the host of the request is none of this gateway; POSTBACKS_HOSTS lists the names under which it answers"
            )
        }
    }

    /// Refuses a call that another site's page makes with the browser's cookies. Programs send none of these headers.
    package func checkOrigin(_ request: Request) throws(Refusal) {
        guard request.isUnsafe else { return }
        let isOwnSite = request.values(of: "sec-fetch-site").allSatisfy { ["same-origin", "none"].contains($0) }
        let origins = request.values(of: "origin")
        guard isOwnSite, origins.allSatisfy({ isOwn(origin: $0, host: request["host"] ?? "") }) else {
            throw Refusal(403, "forbidden", "the request comes from the page of another site")
        }
    }

    private func isOwn(origin: String, host: String) -> Bool {
        let origin = origin.lowercased()
        guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
        let authority = String(origin.dropFirst(scheme.count))
        // A proxy in front of the gateway may have replaced the host.
        return authority == host.lowercased() || listed.contains(authority)
            || listed.contains(HostRules.name(authority))
    }

    /// Whether an address can be reached from this machine only.
    package static func isLoopback(_ address: String) -> Bool {
        let isOfIPv4 = address.hasPrefix("127.") && address.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
        return address == "localhost" || address == "::1" || isOfIPv4
    }
}
