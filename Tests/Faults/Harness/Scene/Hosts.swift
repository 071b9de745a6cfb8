import Glibc
import System
import TestSupport

/// Other hosts, as network namespaces, each with a cable to this machine. Only programs that are started in a namespace
/// use its network; files and unix sockets are those of this machine.
final class Hosts: Sendable {
    /// The address of this machine in the network of the hosts.
    let address: String
    let count: Int
    private let prefix = "pb\(getpid())"
    private let network: String

    /// - Throws: `Skipped` if this machine does not allow it.
    init(_ count: Int) throws {
        guard User.isRoot else { throw Skipped(reason: "only root can make network namespaces") }
        self.count = count
        network = "10.213.\(getpid() % 256)"
        address = "\(network).1"
        try ip("link", "add", bridge, "type", "bridge")
        try ip("addr", "add", "\(address)/24", "dev", bridge)
        try ip("link", "set", bridge, "up")
        for number in 0..<count {
            let host = name(number)
            try ip("netns", "add", host)
            try ip("link", "add", cable(number), "type", "veth", "peer", "name", "eth0", "netns", host)
            try ip("link", "set", cable(number), "master", bridge, "up")
            try ip("-n", host, "link", "set", "lo", "up")
            try ip("-n", host, "addr", "add", "\(network).\(number + 11)/24", "dev", "eth0")
            try ip("-n", host, "link", "set", "eth0", "up")
        }
    }

    /// The command line that runs a program on a host.
    func wrapper(_ number: Int) -> [String] { [Hosts.program ?? "ip", "netns", "exec", name(number)] }

    /// Cuts a host off: packets in both directions are lost without an error.
    func cut(_ number: Int) throws { try ip("link", "set", cable(number), "down") }

    func mend(_ number: Int) throws { try ip("link", "set", cable(number), "up") }

    func remove() {
        for number in 0..<count { try? ip("netns", "del", name(number)) }
        try? ip("link", "del", bridge)
    }

    private var bridge: String { "\(prefix)b" }
    private func name(_ number: Int) -> String { "\(prefix)-\(number)" }
    private func cable(_ number: Int) -> String { "\(prefix)c\(number)" }

    private static let program = Executable.find("ip", searchPath: "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")

    private func ip(_ arguments: String...) throws {
        guard let program = Hosts.program else { throw Skipped(reason: "there is no program ip (package iproute2)") }
        let outcome = try ChildProcess.run(program, arguments, timeout: .seconds(30))
        guard outcome.status == .exited(0) else {
            remove()
            throw Skipped(reason: "network namespaces cannot be made: \(outcome.errorText.prefix { $0 != "\n" })")
        }
    }
}
