import Adapters
import JSON

extension HTTPAnswer {
    /// One JSON object and a line feed.
    static func json(_ json: JSON, status: Int = 200, headers: [Field] = []) -> HTTPAnswer {
        HTTPAnswer(status, type: "application/json", json.bytes + [UInt8(ascii: "\n")], headers: headers)
    }

    /// The headers of every answer.
    static let commonHeaders = [
        Field("X-Content-Type-Options", "nosniff"), Field("Referrer-Policy", "no-referrer"),
        Field("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// The header of every answer that says nothing else about caches.
    static let notStored = Field("Cache-Control", "no-store")
}
