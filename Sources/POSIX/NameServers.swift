import Glibc
import Synchronization

/// The system's name servers, as `/etc/resolv.conf` lists them.
package enum NameServers {
    /// Nanoseconds for which an answer to `areReachable` holds: lookups fail by the dozen.
    private static let lifetime: Int64 = 5_000_000_000
    private static let last = Mutex<(isReachable: Bool, time: Int64)?>(nil)

    /// Whether any of them answers a question at all: the name servers of the root (RFC 1035 §4). A name whose own servers fail
    /// is no failure of the system's resolver, and the resolver's error says the same of both. Waits a second at most.
    package static func areReachable() -> Bool {
        let now = Clock.monotonicNanoseconds
        if let known = last.withLock({ $0 }), now - known.time < lifetime { return known.isReachable }
        let isReachable = anyAnswers(listed(), milliseconds: 1000)
        last.withLock { $0 = (isReachable, Clock.monotonicNanoseconds) }
        return isReachable
    }

    /// The addresses of the file's `nameserver` lines; none when there is no such file. glibc reads the first three.
    private static func listed() -> [String] {
        guard let bytes = try? FileSystem.read("/etc/resolv.conf", limit: 1 << 16) else { return [] }
        var servers: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, words[0] == "nameserver" { servers.append(String(words[1])) }
        }
        return Array(servers.prefix(3))
    }

    static func anyAnswers(_ servers: [String], port: UInt16 = 53, milliseconds: Int) -> Bool {
        let sockets = servers.compactMap { try? Descriptor.connectDatagrams(to: $0, port: port) }
        var open = sockets.filter { (try? $0.writeSome(question[...])) == question.count }
        let deadline = Clock.monotonicNanoseconds + Int64(milliseconds) * 1_000_000
        while !open.isEmpty {
            let left = Int(max(0, deadline - Clock.monotonicNanoseconds) / 1_000_000)
            guard let ready = try? wait(for: open.map(Interest.read), milliseconds: left) else { return false }
            for (socket, isReady) in zip(open, ready) where isReady {
                if case .bytes(let reply)? = try? socket.read(upTo: 512), reply.starts(with: question.prefix(2)) {
                    return true
                }
            }
            // A server that refuses is readable too, and has nothing.
            open = zip(open, ready).filter { !$0.1 }.map(\.0)
            if left == 0 { return false }
        }
        return false
    }

    /// Which are the name servers of the root? Recursion desired; one question, of the type NS and the class IN.
    private static let question: [UInt8] = [0x50, 0x42, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]
}
