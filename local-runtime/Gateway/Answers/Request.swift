import Text

/// A request as it arrived over HTTP, with its whole body.
package struct Request: Sendable {
    package let method: String
    /// The path without the query, not decoded.
    package let path: String
    package let headers: [Header]
    package private(set) var body: [UInt8]
    /// Whether it is of HTTP/1.0, which knows no `Host`.
    package let isOldVersion: Bool

    /// `target` is the request's target in origin form: a path, and perhaps a query.
    package init(
        method: String, target: String, headers: [Header], body: [UInt8] = [], isOldVersion: Bool = false
    ) {
        self.method = method
        let end = target.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        path = end.map { String(target[..<$0]) } ?? target
        self.headers = headers
        self.body = body
        self.isOldVersion = isOldVersion
    }

    /// The same request with its body.
    func with(_ body: [UInt8]) -> Request {
        var request = self
        request.body = body
        return request
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
        var only: String?
        for header in headers where header.name == name {
            guard only == nil else { return nil }
            only = header.value
        }
        return only
    }

    /// Whether a call by this method may change something (RFC 9110 §9.2.1).
    package var isUnsafe: Bool {
        switch method {
        case "GET", "HEAD", "OPTIONS", "TRACE": false
        default: true
        }
    }
}

extension String {
    /// The text without the spaces and tabs at its ends.
    fileprivate var trimmingSpaces: String {
        let isSpace: (UInt8) -> Bool = { $0.isSpaceOrTab }
        guard utf8.first.map(isSpace) == true || utf8.last.map(isSpace) == true else { return self }
        var bytes = utf8[...]
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
        return String(bytes) ?? self
    }
}
