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

    package func with(_ name: String, _ value: String) -> Response {
        var response = self
        response.headers.append(Field(name, value))
        return response
    }

    package subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
