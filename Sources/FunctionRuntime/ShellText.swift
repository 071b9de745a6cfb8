/// Text for the shell.
package enum ShellText {
    /// As one word of `sh` that means the text and nothing else (POSIX.1-2017, Shell Command Language, §2.2.2): in apostrophes
    /// every character stands for itself, and an apostrophe stands between two such words.
    package static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    /// The text that `quoted` made a word of; nil for another word.
    package static func unquoted(_ word: String) -> String? {
        guard word.count >= 2, word.hasPrefix("'"), word.hasSuffix("'") else { return nil }
        return word.dropFirst().dropLast().split(separator: "'\\''", omittingEmptySubsequences: false)
            .joined(separator: "'")
    }
}
