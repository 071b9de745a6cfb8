import System

/// A file that is executed by this program: its first line begins with `#!` and names it, as a script names its
/// interpreter, and the other lines are the words of a command. A file `bootstrap` for AWS Lambda is one, because it can
/// name a loader and this program in one line, and needs no shell.
struct CommandScript {
    /// The words of the command.
    let words: [String]

    /// - Returns: nil if the path is not that of such a file.
    init?(_ path: String) {
        guard path.contains("/"), FileSystem.kind(of: path) == .file,
            let bytes = try? FileSystem.read(path, limit: 4096), bytes.starts(with: "#!".utf8)
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
        words = lines.flatMap { $0.split(separator: " ").map(String.init) }
    }
}
