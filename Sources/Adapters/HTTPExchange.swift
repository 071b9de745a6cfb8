import Text

/// A request over HTTP, as the adapters of platforms that pass requests on see it.
package struct HTTPCall: Sendable {
    package let method: String
    /// The fields in their order; names as they were sent, values without the spaces around them.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(method: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// The media type in lower case, without its parameters; empty if none is given.
    package var mediaType: String {
        let value = headers.value(ofHeader: "content-type") ?? ""
        return String(value.prefix { $0 != ";" }).withoutSpacesAtEnds.lowercased()
    }
}

/// The answer to a request over HTTP: that of an adapter, and that of the gateway.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    /// The fields that belong to this answer; the server adds `Content-Length` and others.
    package var headers: [Field]
    package var body: [UInt8]

    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(status: Int, headers: [Field] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a body of this media type.
    package init(_ status: Int, type: String, _ body: [UInt8], headers: [Field] = []) {
        self.init(status: status, headers: [Field("Content-Type", type)] + headers, body: body)
    }

    /// An answer whose body is one JSON object and a line feed. The caller of a function that is unavailable is asked to
    /// wait for a second.
    package init(status: Int, object: [UInt8], headers: [Field] = []) {
        let wait = status == 503 ? [Field("Retry-After", "1")] : []
        self.init(
            status, type: "application/json", object + [UInt8(ascii: "\n")], headers: wait + headers)
    }

    /// The value of the first header with this name.
    package subscript(name: String) -> String? {
        if let header = headers.first(where: { $0.name == name }) { return header.value }
        let name = name.lowercased()
        return headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
    }
}
