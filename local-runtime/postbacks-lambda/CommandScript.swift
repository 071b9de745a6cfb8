import System

/// A file that names this program as its interpreter: its first line begins with `#!` and the program's path, and the
/// other lines are the words of a command. The file `bootstrap` for AWS Lambda has this form, because its first line
/// can name a loader and this program, so that no shell is needed.
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
