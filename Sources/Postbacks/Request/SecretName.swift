import Text

/// Names that speak of a secret.
enum SecretName {
    private static let words = ["auth", "cookie", "key", "token", "secret", "signature", "password"]
    private static let wholeNames: Set<String> = ["sig", "pass", "passwd", "pwd", "secure"]
    /// Usual names that have one of the words in them and tell none.
    private static let openWords = ["keyword", "author_", "authorname"]

    static func isOfHeader(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.holds($0) }
    }

    /// Of a parameter, in the URL or in requestParams.
    static func isOfParam(_ name: String) -> Bool {
        var name = name.lowercased()
        for word in openWords where name.holds(word) { name = name.replacing(word, with: "") }
        return isOfHeader(name) && name != "author" || wholeNames.contains(name)
    }

    /// A pattern that headers' names match. JSON Schema's patterns know no flags.
    static var headerPattern: String { words.map(inAnyCase).joined(separator: "|") }

    static func inAnyCase(_ word: String) -> String {
        word.map { $0.isLetter ? "[\($0.uppercased())\($0)]" : "\($0)" }.joined()
    }
}
