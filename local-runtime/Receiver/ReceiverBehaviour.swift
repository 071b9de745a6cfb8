/// How a receiver answers: correctly, or faulty in a chosen way.
package struct ReceiverBehaviour: Sendable {
    /// Which status answers which request.
    package enum Script: Sendable {
        /// One status after the other for all requests, beginning again after the last.
        case cycle
        /// The nth request with the same `Postback-Delivery-Id` gets the nth status; the last one repeats.
        case perDelivery
    }

    /// How the answer is sent.
    package enum Manner: Sendable {
        case answer
        /// The body is sent at one byte per second.
        case drip
        /// Status and headers are sent, then a body without end.
        case endlessBody
        /// Headers are sent without end.
        case endlessHeaders
        /// Informational answers (103) are sent without end.
        case endlessInformation
        /// The connection is closed without a byte.
        case close
        /// The connection is reset without a byte.
        case reset
        /// A part of the body is sent, then the connection is reset.
        case resetInBody
        /// These bytes are sent instead of an answer, then the connection is closed.
        case bytes([UInt8])
        /// Nothing is sent, and the connection stays open.
        case silence
    }

    package var statuses: [Int]
    /// How many requests per second of the clock are accepted; the others are answered 429. Nil for no limit.
    package var perSecond: Int?
    package var script: Script
    package var manner: Manner
    /// The delay of each answer.
    package var delay: Duration
    /// The value of `Retry-After`, sent with every answer that is not 2xx.
    package var retryAfter: String?
    /// The value of `Location`.
    package var location: String?
    package var headers: [(name: String, value: String)]
    package var body: String

    package init(
        statuses: [Int] = [200], perSecond: Int? = nil, script: Script = .perDelivery, manner: Manner = .answer,
        delay: Duration = .zero,
        retryAfter: String? = nil, location: String? = nil, headers: [(name: String, value: String)] = [],
        body: String = "ok\n"
    ) {
        self.statuses = statuses
        self.perSecond = perSecond
        self.script = script
        self.manner = manner
        self.delay = delay
        self.retryAfter = retryAfter
        self.location = location
        self.headers = headers
        self.body = body
    }
}

/// Finds the next status.
struct StatusScript {
    private let statuses: [Int]
    private let script: ReceiverBehaviour.Script
    private let perSecond: Int?
    private var second: Int64 = 0
    private var countInSecond = 0
    private var count = 0
    private var countByDelivery: [String: Int] = [:]

    init(_ behaviour: ReceiverBehaviour) {
        statuses = behaviour.statuses.isEmpty ? [200] : behaviour.statuses
        script = behaviour.script
        perSecond = behaviour.perSecond
    }

    mutating func next(for request: ReceivedRequest) -> Int {
        if let perSecond {
            if request.at / 1000 != second { (second, countInSecond) = (request.at / 1000, 0) }
            countInSecond += 1
            if countInSecond > perSecond { return 429 }
        }
        // A single status needs no memory of requests.
        if statuses.count == 1 { return statuses[0] }
        switch script {
        case .cycle:
            defer { count += 1 }
            return statuses[count % statuses.count]
        case .perDelivery:
            let delivery = request.header("Postback-Delivery-Id") ?? ""
            let seen = countByDelivery[delivery, default: 0]
            countByDelivery[delivery] = seen + 1
            return statuses[min(seen, statuses.count - 1)]
        }
    }
}

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
