import System

/// Runs a program that sees another file or folder at a path. It uses a mount namespace, which requires root.
package enum OwnMount {
    /// The reason why this machine cannot do it; nil if it can.
    package static let impossibility: String? = {
        do {
            let outcome = try ChildProcess.run(
                "/bin/sh", ["-c", "unshare --mount --propagation private mount --bind /tmp /tmp"], timeout: .seconds(60)
            )
            return outcome.status == .exited(0) ? nil : "no mount namespace: \(outcome.errorText.prefix(120))"
        } catch {
            return "no mount namespace: \(error)"
        }
    }()

    /// Writes a script with the program's name into a folder; the script becomes the program. `source` is the file or
    /// folder that the program sees at `target`, which must exist. Returns the script's path.
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
