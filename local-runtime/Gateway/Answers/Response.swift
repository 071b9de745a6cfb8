package import JSON

/// An answer over HTTP.
package struct Response: Sendable, Equatable {
    package var status: Int
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

    /// One JSON object and a line feed.
    package static func json(_ json: JSON, status: Int = 200, headers: [Field] = []) -> Response {
        Response(status, type: "application/json", json.bytes + [UInt8(ascii: "\n")], headers: headers)
    }

    /// The value of the first header with this name.
    package subscript(name: String) -> String? {
        if let header = headers.first(where: { $0.name == name }) { return header.value }
        let name = name.lowercased()
        return headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
    }

    /// The headers of every answer.
    static let commonHeaders = [
        Field("X-Content-Type-Options", "nosniff"), Field("Referrer-Policy", "no-referrer"),
        Field("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// The header of every answer that says nothing else about caches.
    static let notStored = Field("Cache-Control", "no-store")
}
