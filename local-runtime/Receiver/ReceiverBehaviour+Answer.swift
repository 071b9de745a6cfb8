extension ReceiverBehaviour {
    /// Answers every request, with the next status of the script.
    package func conduct() -> Conduct {
        var script = StatusScript(self)
        return { occasion in
            guard case .request(let request) = occasion else { return nil }
            let steps = steps(answering: request, status: script.next(for: request))
            return delay > .zero ? [.wait(delay)] + steps : steps
        }
    }

    private func steps(answering request: ReceivedRequest, status: Int) -> [Step] {
        // RFC 9110 §6.4.1: these answers have no body.
        let hasBody = request.method != "HEAD" && status >= 200 && status != 204 && status != 304
        let body = hasBody ? Array(self.body.utf8) : []
        switch manner {
        case .answer:
            let answer = head(status: status, length: body.count, keepsAlive: request.keepsAlive) + body
            return request.keepsAlive ? [.send(answer)] : [.send(answer), .close]
        case .drip:
            let head = head(status: status, length: body.count, keepsAlive: true)
            return [.send(head), .drip(body, interval: .seconds(1))]
        case .endlessBody:
            let head = head(status: status, length: nil, keepsAlive: false)
            return [.send(head), .endlessly([UInt8](repeating: UInt8(ascii: "x"), count: 16_384))]
        case .endlessHeaders:
            return [.send(Array("HTTP/1.1 200 OK\r\n".utf8)), .endlessly(Array("X-Flood: 1\r\n".utf8))]
        case .endlessInformation: return [.endlessly(Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8))]
        case .close: return [.close]
        case .reset: return [.reset]
        case .resetInBody:
            let head = head(status: status, length: body.count + 1_000, keepsAlive: true)
            return [.send(head + body), .reset]
        case .bytes(let bytes): return [.send(bytes), .close]
        case .silence: return [.silence]
        }
    }

    private func head(status: Int, length: Int?, keepsAlive: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        // RFC 9110 §8.6: an answer whose status allows no body has no length.
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
