import Foundation
import JSON
import Synchronization
import System
import TestSupport

/// A stand-in of Lambda's Runtime API with real sockets, on a thread of its own. It gives out the calls that a test puts
/// into it, and keeps the reports. The thread ends soon after the last reference is released.
final class RuntimeStandIn: Sendable {
    /// A call that is given out with the answer to `next`.
    struct Call: Sendable {
        var id: String
        var event: [UInt8]
        /// Milliseconds from the moment at which the call is given out; nil for no header.
        var time: Int64? = 30_000
        var traceID: String?
    }

    /// A request that reports something.
    struct Report: Sendable {
        /// Without the version in front, e.g. `invocation/1/response`.
        let path: String
        let errorType: String?
        let body: [UInt8]

        var json: JSON { (try? JSON(parsing: body, depth: JSON.depthLimit + 8)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private struct State {
        var calls: [Call] = []
        var reports: [Report] = []
        /// The number of requests for the next call that were answered.
        var given = 0
        /// The requests for the next call that wait.
        var waiting = 0
        /// The statuses of the next reports; 202 after that.
        var statuses: [Int] = []
        /// Whether each connection is closed after an answer that says nothing of it.
        var closesConnections = false
        var isStopped = false
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private let shared = Shared()
    private let port: UInt16

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    var address: String { "127.0.0.1:\(port)" }

    init(closesConnections: Bool = false, statuses: [Int] = []) throws {
        let listener = try TCPListener()
        port = listener.port
        shared.state.withLock { state in
            state.closesConnections = closesConnections
            state.statuses = statuses
        }
        let shared = shared
        Thread.detachNewThread { try? RuntimeStandIn.serve(listener, shared) }
    }

    deinit { shared.state.withLock { $0.isStopped = true } }

    func give(_ call: Call) { shared.state.withLock { $0.calls.append(call) } }

    var reports: [Report] { shared.state.withLock { $0.reports } }

    /// Whether somebody waits for the next call.
    var isAsked: Bool { shared.state.withLock { $0.waiting > 0 } }

    /// Waits for the report of a call.
    func report(of id: String) throws -> Report {
        let prefix = "invocation/\(id)/"
        try waitUntil("the report of the call \(id)") { reports.contains { $0.path.hasPrefix(prefix) } }
        guard let report = reports.first(where: { $0.path.hasPrefix(prefix) }) else {
            throw DidNotHappen(description: "the report of the call \(id)")
        }
        return report
    }

    private struct Connection {
        let descriptor: Descriptor
        var bytes: [UInt8] = []
        /// Whether a request for the next call waits on it.
        var isWaiting = false
    }

    private static func serve(_ listener: TCPListener, _ shared: Shared) throws {
        var connections: [Connection] = []
        while !shared.state.withLock({ $0.isStopped }) {
            _ = try wait(
                for: [.read(listener.descriptor)] + connections.map { .read($0.descriptor) }, atMost: .milliseconds(5))
            while let descriptor = try listener.accept() { connections.append(Connection(descriptor: descriptor)) }
            connections = try connections.compactMap { try advance($0, shared) }
            shared.state.withLock { state in state.waiting = connections.count(where: \.isWaiting) }
        }
    }

    /// - Returns: nil if the connection is over.
    private static func advance(_ connection: Connection, _ shared: Shared) throws -> Connection? {
        var connection = connection
        switch try? connection.descriptor.read(upTo: 1 << 20) {
        case .bytes(let bytes): connection.bytes += bytes
        case .wouldBlock: break
        case .end, nil: return nil
        }
        if !connection.isWaiting, let request = takeRequest(from: &connection.bytes) {
            if request.line.hasPrefix("GET /2018-06-01/runtime/invocation/next ") {
                connection.isWaiting = true
            } else {
                let status = shared.state.withLock { state in
                    let path = request.line.split(separator: " ")[1].dropFirst("/2018-06-01/runtime/".count)
                    state.reports.append(
                        Report(
                            path: String(path), errorType: request.headers["lambda-runtime-function-error-type"],
                            body: request.body))
                    return state.statuses.isEmpty ? 202 : state.statuses.removeFirst()
                }
                try answer(connection, "HTTP/1.1 \(status) Status\r\n", [], Array("{\"status\":\"OK\"}\n".utf8))
                if shared.state.withLock({ $0.closesConnections }) { return nil }
            }
        }
        guard connection.isWaiting else { return connection }
        let call = shared.state.withLock { state -> Call? in
            if state.calls.isEmpty { return nil }
            state.given += 1
            return state.calls.removeFirst()
        }
        guard let call else { return connection }
        connection.isWaiting = false
        var headers = [("Lambda-Runtime-Aws-Request-Id", call.id), ("Content-Type", "application/json")]
        if let time = call.time {
            headers.append(("Lambda-Runtime-Deadline-Ms", "\(WallClock.unixMilliseconds + time)"))
        }
        if let traceID = call.traceID { headers.append(("Lambda-Runtime-Trace-Id", traceID)) }
        try answer(connection, "HTTP/1.1 200 OK\r\n", headers, call.event)
        return shared.state.withLock { $0.closesConnections } ? nil : connection
    }

    private static func answer(
        _ connection: Connection, _ line: String, _ headers: [(String, String)], _ body: [UInt8]
    ) throws {
        let head = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        try connection.descriptor.writeAll(
            Array("\(line)\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body)
    }

    /// Removes a complete request, whose body has a length, from the bytes that have arrived.
    private static func takeRequest(
        from bytes: inout [UInt8]
    ) -> (line: String, headers: [String: String], body: [UInt8])? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        let body = Array(bytes[end.upperBound..<(end.upperBound + length)])
        bytes.removeFirst(end.upperBound + length)
        return (String(lines[0]), headers, body)
    }
}
