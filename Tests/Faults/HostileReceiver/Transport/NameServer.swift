import Glibc
import JSON
import POSIX
import Synchronization
import TestSupport

/// A name server of our own, and programs for which it is the only one: they run with another `/etc/resolv.conf`, in a mount
/// namespace of theirs.
package final class NameServer: Sendable {
    private let script: Script
    private let folder: TemporaryFolder

    package enum Answer: Sendable {
        case addresses([String])
        /// There is no such name.
        case nobody
        /// There is such a name, and it has no address.
        case empty
        case silence
        case failure
        case garbage
    }

    /// Why there can be none on this machine.
    package struct Impossible: Error, CustomStringConvertible {
        package let description: String
    }

    private static let count = Atomic(0)

    package init() throws {
        folder = try TemporaryFolder()
        // An address of its own, so that several can run at once, in several processes.
        let process = Int(getpid()) & 0xFFF
        let number = NameServer.count.add(1, ordering: .relaxed).newValue & 0xFF
        let address = "127.\(53 + (process >> 8)).\(process & 255).\(number)"
        try FileSystem.write(
            "nameserver \(address)\noptions timeout:1 attempts:1\n", to: "\(folder.path)/resolv.conf")
        script = try Script("names.py", [address])
        do {
            _ = try script.waitForLine()
        } catch {
            throw Impossible(description: "port 53 of \(address) cannot be had")
        }
        let trial = try ChildProcess.run(try wrap("/bin/true"), seconds: 60)
        guard trial.status == .exited(0) else {
            throw Impossible(description: "no mount namespace of its own: \(trial.errorText.prefix(120))")
        }
    }

    /// Whether this process may have one.
    package static let isPossible = (try? NameServer()) != nil

    /// How a name is answered from now on.
    package func answer(_ name: String, _ answer: Answer) throws {
        let told: JSON =
            switch answer {
            case .addresses(let addresses): .array(addresses.map(JSON.string))
            case .nobody: "nobody"
            case .empty: "empty"
            case .silence: "silence"
            case .failure: "failure"
            case .garbage: "garbage"
            }
        try script.ask(["name": .string(name), "answer": told])
    }

    /// A program that is the other one, asking this name server.
    /// - Returns: its path; it has the other one's name.
    package func wrap(_ program: String) throws -> String {
        let path = "\(folder.path)/\(program.split(separator: "/").last ?? "program")"
        let text = """
            #!/bin/sh
            exec unshare --mount --propagation private sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' \\
                '\(folder.path)/resolv.conf' '\(program)' "$@"

            """
        try FileSystem.write(text, to: path, mode: 0o755)
        return path
    }
}
