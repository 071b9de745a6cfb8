extension ReceiverBehaviour {
    /// What is sent in answer to one request; nil for silence.
    /// - Parameter now: nanoseconds of the monotonic clock.
    func answer(to request: ReceivedRequest, status: Int, keepsAlive: Bool, now: Int64) -> Connection.Answer? {
        // RFC 9110 §6.4.1: these have none.
        let hasBody = request.method != "HEAD" && status >= 200 && status != 204 && status != 304
        let body = hasBody ? Array(self.body.utf8) : []
        switch manner {
        case .answer:
            let head = head(status: status, length: body.count, keepsAlive: keepsAlive)
            return Connection.Answer(bytes: head + body, afterwards: keepsAlive ? .read : .close)
        case .drip:
            let start = now + Int64(delayMilliseconds) * 1_000_000
            return Connection.Answer(
                bytes: head(status: status, length: body.count, keepsAlive: true),
                afterwards: .drip(body[...], next: start + 1_000_000_000)
            )
        case .endlessBody:
            return Connection.Answer(
                bytes: head(status: status, length: nil, keepsAlive: false),
                afterwards: .endlessly([UInt8](repeating: UInt8(ascii: "x"), count: 16_384))
            )
        case .endlessHeaders:
            return Connection.Answer(
                bytes: Array("HTTP/1.1 200 OK\r\n".utf8), afterwards: .endlessly(Array("X-Flood: 1\r\n".utf8))
            )
        case .endlessInformation:
            return Connection.Answer(bytes: [], afterwards: .endlessly(Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8)))
        case .close: return Connection.Answer(bytes: [], afterwards: .close)
        case .reset: return Connection.Answer(bytes: [], afterwards: .reset)
        case .resetInBody:
            let head = head(status: status, length: body.count + 1_000, keepsAlive: true)
            return Connection.Answer(bytes: head + body, afterwards: .reset)
        case .bytes(let bytes): return Connection.Answer(bytes: bytes, afterwards: .close)
        case .silence: return nil
        }
    }

    private func head(status: Int, length: Int?, keepsAlive: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        // RFC 9110 §8.6: an answer without a body by its status has no length.
        if let length, status >= 200 && status != 204 && status != 304 { head += "Content-Length: \(length)\r\n" }
        if !keepsAlive { head += "Connection: close\r\n" }
        if let retryAfter, !(200...299).contains(status) { head += "Retry-After: \(retryAfter)\r\n" }
        if let location { head += "Location: \(location)\r\n" }
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        return Array((head + "\r\n").utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 410: "Gone"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
