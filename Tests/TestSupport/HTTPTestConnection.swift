import Glibc
package import JSON
import System

/// An answer over HTTP.
package struct HTTPAnswer {
    package let status: Int
    package let headers: [String: String]
    package let body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
    package var json: JSON { (try? JSON(parsing: body, depth: 128)) ?? .null }
    /// The code of the error; nil for an answer without one.
    package var code: String? { json["error"]?["code"]?.text }
}

extension HTTPAnswer {
    /// An answer whose body ends with the bytes.
    package init(whole bytes: [UInt8]) throws {
        guard let place = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw DidNotHappen(description: "an answer, but: \(String(decoding: bytes, as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<place.lowerBound], as: UTF8.self).split(separator: "\r\n")
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        headers = Dictionary(
            lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
            }
        ) { $1 }
        body = Array(bytes[place.upperBound...])
    }
}

/// A connection whose bytes the test writes itself.
package final class HTTPTestConnection {
    private let socket: Descriptor
    /// The value of the field `Host`.
    private let host: String
    private var arrived: [UInt8] = []

    package init(port: UInt16) throws {
        host = "127.0.0.1:\(port)"
        socket = try Descriptor.connect(to: "127.0.0.1", port: port)
    }

    /// Connects to a server's socket in the file system.
    package init(socketPath: String) throws {
        host = "localhost"
        socket = try Descriptor.connect(toSocket: socketPath)
    }

    package func write(_ text: String) throws { try socket.writeAll(Array(text.utf8)) }

    package func write(_ bytes: [UInt8]) throws { try socket.writeAll(bytes) }

    /// Closes the sending side only.
    package func closeOutput() { shutdown(socket.number, CInt(SHUT_WR)) }

    package func send(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
    ) throws {
        var fields = ["Host": host]
        if let body {
            fields["Content-Length"] = "\(body.count)"
            fields["Content-Type"] = "application/json"
        }
        let lines = fields.merging(headers) { $1 }.filter { $0.value != "-" }.map { "\($0.key): \($0.value)" }
        try write("\(method) \(target) HTTP/1.1\r\n\(lines.joined(separator: "\r\n"))\r\n\r\n")
        if let body { try write(body) }
    }

    /// Reads one answer. `toHead` says whether the request was a HEAD, whose answer has no body.
    package func receive(seconds: Int = 60, toHead: Bool = false) throws -> HTTPAnswer {
        let deadline = Instant.now + .seconds(seconds)
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let place = arrived.firstRange(of: end) {
                let lines = String(decoding: arrived[..<place.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                if status == 100 {
                    arrived.removeSubrange(..<place.upperBound)
                    continue
                }
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
                }
                let length = toHead ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
                if arrived.count - place.upperBound >= length {
                    let body = Array(arrived[place.upperBound..<(place.upperBound + length)])
                    arrived.removeSubrange(..<(place.upperBound + length))
                    return HTTPAnswer(status: status, headers: headers, body: body)
                }
            }
            guard try read(until: deadline) else {
                throw DidNotHappen(description: "an answer, but: \(String(decoding: arrived, as: UTF8.self))")
            }
        }
    }

    /// Makes a request without a body and leaves the connection open.
    package func exchangeKept(_ method: String, _ target: String = "/") throws -> HTTPAnswer {
        try send(method, target)
        return try receive(toHead: method == "HEAD")
    }

    /// Waits until the server asks for the body.
    package func waitForContinue(seconds: Int = 60) throws {
        let deadline = Instant.now + .seconds(seconds)
        let expected = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        while !arrived.starts(with: expected) {
            guard try read(until: deadline) else { throw DidNotHappen(description: "100 Continue") }
        }
        arrived.removeFirst(expected.count)
    }

    /// The bytes that one read brings, once something has arrived.
    package func readOnce(seconds: Int = 60) throws -> [UInt8] {
        guard try read(until: Instant.now + .seconds(seconds)) else { throw DidNotHappen(description: "an answer") }
        defer { arrived = [] }
        return arrived
    }

    /// Makes a request of HTTP/1.0, whose answer ends with the connection.
    package func exchange(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: String = "", seconds: Int = 60
    ) throws -> HTTPAnswer {
        let fields = ["Host": host, "Content-Length": "\(body.utf8.count)"].merging(headers) { $1 }
        let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        try write("\(method) \(target) HTTP/1.0\r\n\(lines)\r\n\(body)")
        let deadline = Instant.now + .seconds(seconds)
        while try read(until: deadline) {}
        return try HTTPAnswer(whole: arrived)
    }

    /// Waits until the server has closed the connection.
    package func waitForEnd(seconds: Int = 60) throws -> Bool {
        let deadline = Instant.now + .seconds(seconds)
        while try read(until: deadline) {}
        return Instant.now < deadline
    }

    /// - Returns: false at the end of the connection or of the time.
    private func read(until deadline: Instant) throws -> Bool {
        guard try wait(for: [.read(socket)], atMost: deadline.remaining) == [true] else { return false }
        guard case .bytes(let bytes)? = try? socket.read(upTo: 1 << 16) else { return false }
        arrived += bytes
        return true
    }
}
