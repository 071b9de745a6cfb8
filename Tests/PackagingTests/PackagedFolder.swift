import System
import TestSupport

/// A folder that `postbacks package` has written.
final class PackagedFolder: Sendable {
    private let folder: TemporaryFolder
    let path: String
    /// The output of the command.
    let text: String

    init(_ arguments: [String]) throws {
        folder = try TemporaryFolder(mode: 0o755)
        path = "\(folder.path)/out"
        let outcome = try Programs.run(
            "postbacks", ["package"] + arguments + ["--output", path],
            environment: ["POSTBACKS_FUNCTIONS": Programs.folder], timeout: .seconds(300))
        guard outcome.status == .exited(0) else {
            throw DidNotHappen(description: "package \(arguments): \(outcome.errorText)")
        }
        text = outcome.text
    }

    func bytes(_ name: String) throws -> [UInt8] { try FileSystem.read("\(path)/\(name)") }

    func text(of name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    var names: [String] { FileSystem.names(in: path) }

    /// Unpacks a zip with Python's reader, which checks each checksum, and sets the modes that the zip has.
    func unpack(_ name: String, to target: String) throws {
        let script = """
            import os, sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            for entry in archive.infolist():
                archive.extract(entry, sys.argv[2])
                os.chmod(os.path.join(sys.argv[2], entry.filename), entry.external_attr >> 16)
            """
        let outcome = try ChildProcess.run(
            try Python.interpreter(), ["-c", script, "\(path)/\(name)", target], environment: Python.environment)
        guard outcome.status == .exited(0) else { throw DidNotHappen(description: "unpacking: \(outcome.errorText)") }
    }
}
