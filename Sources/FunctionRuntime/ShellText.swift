/// Quoting for the shell.
package enum ShellText {
    /// The text as one word for `sh` (POSIX.1-2017, Shell Command Language, §2.2.2). It is put in single quotes, in
    /// which every character is literal; each single quote of the text is written as `'\''`.
    package static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    /// The text that `quoted` turned into this word; nil for a word without the quotes.
    package static func unquoted(_ word: String) -> String? {
        guard word.count >= 2, word.hasPrefix("'"), word.hasSuffix("'") else { return nil }
        return word.dropFirst().dropLast().split(separator: "'\\''", omittingEmptySubsequences: false)
            .joined(separator: "'")
    }
}
