import Text

/// Names that suggest that their value is a secret.
enum SecretName {
    private static let words = ["auth", "cookie", "key", "token", "secret", "signature", "password"]
    private static let wholeNames: Set<String> = ["sig", "pass", "passwd", "pwd", "secure"]
    /// Common words that contain one of `words` and do not suggest a secret.
    private static let openWords = ["keyword", "author_", "authorname"]

    static func isOfHeader(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains(bytesOf: $0) }
    }

    /// Whether the name of a parameter, in the URL or in requestParams, suggests a secret.
    static func isOfParam(_ name: String) -> Bool {
        var name = name.lowercased()
        for word in openWords where name.contains(bytesOf: word) { name = name.replacing(word, with: "") }
        return isOfHeader(name) && name != "author" || wholeNames.contains(name)
    }

    /// A pattern for the names of headers. Patterns in JSON Schema have no flags, such as one that ignores case.
    static var headerPattern: String { words.map(inAnyCase).joined(separator: "|") }

    static func inAnyCase(_ word: String) -> String {
        word.map { $0.isLetter ? "[\($0.uppercased())\($0)]" : "\($0)" }.joined()
    }
}
