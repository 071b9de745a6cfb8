import Text

/// A forward proxy that the operator configures. The egress rules do not apply to its address, and the proxy itself
/// checks the names that it is given.
package struct Proxy: Sendable {
    /// The URL with the user and password, if there are any.
    package let url: String
    /// The user and password; they must never be shown.
    package let credentials: (user: String, password: String)?

    /// The reason why a text is no proxy's URL. It does not repeat the text, which may contain a password.
    package struct Invalid: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private static let schemes = ["http://", "socks5h://"]

    /// Reads `http://host:port` or `socks5h://host:port`, with `user:password@` before the host if the proxy requires
    /// them. Delimiters in user and password are percent-encoded.
    package init(parsing text: String) throws(Invalid) {
        guard let scheme = Proxy.schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Invalid(description: "must begin with http:// or socks5h://")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Invalid(description: "must consist of visible ASCII characters; percent-encode the others")
        }
        var rest = text.dropFirst(scheme.count)
        if rest.last == "/" { rest.removeLast() }
        var credentials: (user: String, password: String)?
        if let at = rest.lastIndex(of: "@") {
            let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty, pair.allSatisfy({ !$0.contains { "/?#@".contains($0) } }),
                let user = Proxy.decoded(pair[0]), let password = Proxy.decoded(pair[1])
            else { throw Invalid(description: "must have user:password before the @, percent-encoded") }
            credentials = (user, password)
            rest = rest[rest.index(after: at)...]
        }
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
            (1...65535).contains(port), Proxy.isHost(rest[..<colon])
        else { throw Invalid(description: "must be http://host:port or socks5h://host:port") }
        url = text
        self.credentials = credentials
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.first == "[", text.last == "]" { return IPAddress(literal: String(text.dropFirst().dropLast())) != nil }
        return !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-._".contains($0) }
    }

    private static func decoded(_ text: Substring) -> String? {
        let bytes = Array(text.utf8)
        let isWellFormed = bytes.indices.allSatisfy {
            bytes[$0] != UInt8(ascii: "%") || PercentEncoding.isEncoded(bytes, at: $0)
        }
        return isWellFormed ? String(validating: PercentEncoding.decode(bytes), as: UTF8.self) : nil
    }
}

extension Proxy: CustomStringConvertible, CustomReflectable {
    package var description: String { "a proxy" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
