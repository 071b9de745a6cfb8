import Glibc
import Synchronization

/// The system's name servers, as `/etc/resolv.conf` lists them.
package enum NameServers {
    /// How long a result of `areReachable` stays valid. Lookups often fail in large numbers.
    private static let lifetime: Duration = .seconds(5)
    private static let last = Mutex<(isReachable: Bool, time: Instant)?>(nil)

    /// Whether any of the servers answers a query, here for the root name servers (RFC 1035 §4). The resolver's error
    /// does not tell whether the system's servers or those of a name have failed; this does. It waits at most one
    /// second.
    package static func areReachable() -> Bool {
        let now = Instant.now
        if let known = last.withLock({ $0 }), now - known.time < lifetime { return known.isReachable }
        let isReachable = anyAnswers(listed(), within: .seconds(1))
        last.withLock { $0 = (isReachable, Instant.now) }
        return isReachable
    }

    /// The addresses in the file's `nameserver` lines; empty if there is no such file. Like glibc, it takes the first
    /// three.
    private static func listed() -> [String] {
        guard let bytes = try? FileSystem.read("/etc/resolv.conf", limit: 1 << 16) else { return [] }
        var servers: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, words[0] == "nameserver" { servers.append(String(words[1])) }
        }
        return Array(servers.prefix(3))
    }

    static func anyAnswers(_ servers: [String], port: UInt16 = 53, within limit: Duration) -> Bool {
        let sockets = servers.compactMap { try? Descriptor.connectDatagrams(to: $0, port: port) }
        var open = sockets.filter { (try? $0.writeSome(question[...])) == question.count }
        let deadline = Instant.now + limit
        while !open.isEmpty {
            let left = deadline.remaining
            guard let ready = try? wait(for: open.map(Interest.read), atMost: left) else { return false }
            for (socket, isReady) in zip(open, ready) where isReady {
                if case .bytes(let reply)? = try? socket.read(upTo: 512), reply.starts(with: question.prefix(2)) {
                    return true
                }
            }
            // A server that refuses the query packet is readable too, but has no reply.
            open = zip(open, ready).filter { !$0.1 }.map(\.0)
            if left == .zero { return false }
        }
        return false
    }

    /// A query for the root name servers: recursion desired, one question of type NS and class IN.
    private static let question: [UInt8] = [0x50, 0x42, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]
}
