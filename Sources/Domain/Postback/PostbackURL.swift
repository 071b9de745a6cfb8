package import Egress
package import Input
import JSON
import Text

/// The URL of a postback: an absolute http or https URL (RFC 3986) whose path and query are a template.
package struct PostbackURL: Sendable, Hashable {
    /// The URL as it was given.
    package let text: String
    /// The destination: scheme, host and port, in lower case and always with the port: `https://example.com:443`.
    package let origin: String
    /// The host in lower case; an IPv6 address in its canonical form, without brackets.
    package let host: String
    /// The address, if the host is a literal address.
    package let address: IPAddress?
    /// Everything from the path on. It is empty or begins with `/` or `?`.
    let rest: Template
    /// `origin`, without the port if it is the scheme's default port.
    package let prefix: String

    package static let byteLimit = 8192

    package init(parsing text: String) throws(Invalid) {
        guard text.utf8.count <= PostbackURL.byteLimit else {
            throw Invalid("must have at most \(PostbackURL.byteLimit) bytes, not \(text.utf8.count)")
        }
        if !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }),
            let control = text.unicodeScalars.first(where: { $0.properties.generalCategory == .control })
        {
            throw Invalid("must not contain the control character U+\(control.hexadecimal)")
        }
        let start = text.prefix(8).lowercased()
        let isSecure = start == "https://"
        guard isSecure || start.hasPrefix("http://") else {
            throw Invalid("must be absolute and begin with http:// or https://")
        }
        let afterScheme = text[text.index(text.startIndex, offsetBy: isSecure ? 8 : 7)...]
        let authority = afterScheme.prefixOfScalars { !"/?#\\".unicodeScalars.contains($0) }
        let destination = try Authority(parsing: authority, defaultPort: isSecure ? 443 : 80)
        let rest = String(afterScheme[authority.endIndex...])
        let position = text.unicodeScalars.count - rest.unicodeScalars.count + 1
        let template = try Template(parsing: rest, in: .url, firstPosition: position)
        if rest.utf8.first == UInt8(ascii: "#") { throw PostbackURL.fragment }
        try PostbackURL.check(template)
        self.text = text
        self.rest = template
        host = destination.host
        address = destination.address
        let scheme = isSecure ? "https" : "http"
        origin = "\(scheme)://\(destination.writtenHost):\(destination.port)"
        prefix = destination.isDefaultPort ? "\(scheme)://\(destination.writtenHost)" : origin
    }

    private static func check(_ template: Template) throws(Invalid) {
        for case .literal(let literal) in template.segments {
            if literal.utf8.contains(UInt8(ascii: " ")) { throw Invalid("must not contain spaces; write %20") }
            if ForeignMacro.removing("#", from: literal).utf8.contains(UInt8(ascii: "#")) { throw fragment }
            if literal.utf8.contains(UInt8(ascii: "\\")) {
                throw Invalid("must not contain a backslash; write / or %5C")
            }
        }
    }

    private static let fragment = Invalid(
        "must not have a fragment (#…), which is never sent; write %23 for the character itself")

    /// Checks a URL that is newly set, for which more is refused than for a stored one.
    /// - Throws: For a path segment that is `.` or `..` whatever the values are, since its requests would not be sent,
    ///   and for a map with too many entries.
    package func checkNew() throws(Invalid) {
        if let segment = DotSegments.first(in: rest) {
            throw Invalid("must not have the path segment \"\(segment)\", which changes the path")
        }
        try rest.checkMaps()
    }

    /// The same path and query at the origin of `other`.
    /// - Throws: if the URL becomes too long.
    package func moved(to other: PostbackURL) throws(Invalid) -> PostbackURL {
        try PostbackURL(parsing: other.prefix + rest.text)
    }

    /// Renders the URL of one request. In a value everything but the unreserved characters is percent-encoded. In a raw
    /// value, and in the text around it, only what a request could not carry is encoded.
    func rendered(_ values: MacroValues) throws(RenderingError) -> String {
        let target = try rest.rendered(values, literal: PercentEncoding.repair) { value, use in
            use.isRaw ? PercentEncoding.repair(value) : PercentEncoding.component(value)
        }
        if let segment = DotSegments.first(in: target) { throw .unsafeURL(segment: segment) }
        return target.utf8.first == UInt8(ascii: "/") ? prefix + target : "\(prefix)/\(target)"
    }
}

extension PostbackURL {
    private init() {
        text = "https://example.com/"
        origin = "https://example.com:443"
        prefix = "https://example.com"
        host = "example.com"
        address = nil
        rest = .empty
    }

    static let placeholder = PostbackURL()
}

extension Template {
    private init() {
        text = ""
        segments = []
    }

    static let empty = Template()
}

extension Rule<PostbackURL> {
    package static func postbackURL(from source: StoredSecret.Source) -> Rule {
        func schema() -> JSON {
            [
                "title": "URL with macros", "type": "string", "minLength": 1,
                "maxLength": .integer(PostbackURL.byteLimit),
                "pattern":
                    #"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\@{}\u0000-\u0020\u007f-\u009f]+([/?][^\u0000-\u001f\u007f-\u009f]*)?$"#,
                "description":
                    "An absolute http or https URL with a valid host and port, at most 8192 bytes, with macros in path and query only; no spaces, backslashes or fragment, and no path segment . or ..",
            ]
        }
        return Rule<String>.text(1...Int.max).parsed(placeholder: PostbackURL.placeholder, schema: schema()) {
            text throws(Invalid) in
            let url = try PostbackURL(parsing: text)
            if source == .caller { try url.checkNew() }
            return url
        }
    }
}

extension Substring {
    /// Reads Unicode scalars, so that a combining mark cannot hide a delimiter.
    func prefixOfScalars(while condition: (Unicode.Scalar) -> Bool) -> Substring {
        Substring(unicodeScalars.prefix(while: condition))
    }
}
