/// Text for the shell.
enum ShellText {
    /// As one word of `sh` that means the text and nothing else (POSIX.1-2017, Shell Command Language, §2.2.2): in apostrophes
    /// every character stands for itself, and an apostrophe stands between two such words.
    static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}
