import POSIX

/// A program that sees something else at a path: it runs in a mount namespace of its own, which takes root.
package enum OwnMount {
    /// Why there can be none on this machine; nil if there can.
    package static let impossibility: String? = {
        do {
            let outcome = try ChildProcess.run(
                "/bin/sh", ["-c", "unshare --mount --propagation private mount --bind /tmp /tmp"], seconds: 60)
            return outcome.status == .exited(0) ? nil : "no mount namespace: \(outcome.errorText.prefix(120))"
        } catch {
            return "no mount namespace: \(error)"
        }
    }()

    /// Writes a script into a folder that becomes the program, and has its name.
    /// - Parameters:
    ///   - source: the file or folder that the program finds at `target`, which exists.
    /// - Returns: the script's path.
    package static func wrap(
        _ program: String, in folder: String, showing source: String, at target: String
    ) throws -> String {
        let path = "\(folder)/\(program.split(separator: "/").last ?? "program")"
        let text = """
            #!/bin/sh
            exec unshare --mount --propagation private sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' \\
                '\(source)' '\(target)' '\(program)' "$@"

            """
        try FileSystem.write(text, to: path, mode: 0o755)
        return path
    }
}
