import Text

/// A request as it arrived over HTTP, with its whole body.
package struct Request: Sendable {
    package let method: String
    /// The path without the query, not decoded.
    package let path: String
    package let headers: [Header]
    package let body: [UInt8]
    /// Whether it is of HTTP/1.0, which knows no `Host`.
    package let isOldVersion: Bool

    /// `target` is the request's target in origin form: a path, and perhaps a query.
    package init(
        method: String, target: String, headers: [Header], body: [UInt8] = [], isOldVersion: Bool = false
    ) {
        self.method = method
        path = String(target.prefix { $0 != "?" && $0 != "#" })
        self.headers = headers
        self.body = body
        self.isOldVersion = isOldVersion
    }

    /// A header's field; its name is in lower case.
    package struct Header: Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value.trimmingSpaces
        }
    }

    /// The values of all fields with this name, which is in lower case.
    package func values(of name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

    /// The value of the only field with this name; nil if there is none, or more than one.
    package subscript(name: String) -> String? {
        let values = values(of: name)
        return values.count == 1 ? values[0] : nil
    }

    /// Whether a call by this method may change something (RFC 9110 §9.2.1).
    package var isUnsafe: Bool { !["GET", "HEAD", "OPTIONS", "TRACE"].contains(method) }
}

extension String {
    /// The text without the spaces and tabs at its ends.
    fileprivate var trimmingSpaces: String {
        let isSpace: (UInt8) -> Bool = { $0.isSpaceOrTab }
        var bytes = utf8[...]
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
        return String(bytes) ?? self
    }
}
