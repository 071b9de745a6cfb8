import Glibc
import JSON
import Synchronization
import System
import TestSupport

/// A name server, and programs that use no other: they run in a mount namespace of their own with another
/// `/etc/resolv.conf`.
package final class NameServer: Sendable {
    package let address: String
    private let script: Script
    private let folder: TemporaryFolder

    package enum Answer: Sendable {
        case addresses([String])
        /// The name does not exist (NXDOMAIN).
        case nobody
        /// The name exists, but has no address.
        case empty
        case silence
        case failure
        case garbage
    }

    /// The reason why this machine cannot run one.
    package struct Impossible: Error, CustomStringConvertible {
        package let description: String
    }

    private static let count = Atomic(0)

    package init() throws {
        if let reason = OwnMount.impossibility { throw Impossible(description: reason) }
        folder = try TemporaryFolder()
        // Each has an address of its own, so that several can run at once, in several processes.
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

    /// Whether this process can run one.
    package static let isPossible = (try? NameServer()) != nil

    /// Sets how a name is answered from now on.
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

    /// Makes a program that runs the given one with this name server.
    /// - Returns: the path; its last part is the name of the given program.
    package func wrap(_ program: String) throws -> String {
        try OwnMount.wrap(
            program, in: folder.path, showing: "\(folder.path)/resolv.conf", at: "/etc/resolv.conf")
    }
}
