import Glibc
import JSON
import POSIX
import Synchronization
import TestSupport

/// A name server of our own, and programs for which it is the only one: they run with another `/etc/resolv.conf`, in a mount
/// namespace of theirs.
package final class NameServer: Sendable {
    package let address: String
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
        if let reason = OwnMount.impossibility { throw Impossible(description: reason) }
        folder = try TemporaryFolder()
        // An address of its own, so that several can run at once, in several processes.
        let process = Int(getpid()) & 0xFFF
        let number = NameServer.count.add(1, ordering: .relaxed).newValue & 0xFF
        address = "127.\(53 + (process >> 8)).\(process & 255).\(number)"
        try FileSystem.write(
            "nameserver \(address)\noptions timeout:1 attempts:1\n", to: "\(folder.path)/resolv.conf")
        script = try Script("names.py", [address])
        do {
            _ = try script.waitForLine()
        } catch {
            throw Impossible(description: "port 53 of \(address) cannot be had")
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
        try OwnMount.wrap(
            program, in: folder.path, showing: "\(folder.path)/resolv.conf", at: "/etc/resolv.conf")
    }
}
