import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests the bounds of the real gateway: time, memory, connections, and functions that behave badly.
@Suite(.ownThreads, .withGateway, .serialized) struct GatewayBoundsTests {
    private let installation: Installation

    init() throws {
        installation = try Installation.make()
        try installation.configure()
    }

    /// A folder with all real functions, and scripts in place of some.
    private func functions(_ scripts: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for function in Repository.functions {
            let path = "\(folder.path)/\(function)"
            if let script = scripts[function] {
                try FileSystem.write("#!/bin/sh\n[ \"$1\" = --stream ] || exit 1\n\(script)\n", to: path, mode: 0o755)
            } else {
                #expect(unsafe symlink(Programs.path(function), path) == 0)
            }
        }
        return folder
    }

    private static let head =
        "POST /function/listOffers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    @Test func `a head that is slow, too large or no HTTP is refused, and others are served meanwhile`() throws {
        let gateway = try RunningGateway(installation)
        let slow = try HTTPTestConnection(port: gateway.port)
        try slow.write("POST /function/listOffers HTTP/1.1\r\nHost: loc")
        let large = try HTTPTestConnection(port: gateway.port)
        try large.write(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 17_000))\r\n\r\n")
        let answer = try large.receive()
        #expect(answer.status == 431 && answer.code == "too_large", "\(answer.text)")
        let endless = try HTTPTestConnection(port: gateway.port)
        try endless.write("GET /\(String(repeating: "x", count: 20_000))")
        #expect(try endless.receive().status == 431)
        let many = try HTTPTestConnection(port: gateway.port)
        try many.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\((0..<150).map { "A\($0): b\r\n" }.joined())\r\n")
        #expect(try many.receive().status == 431)
        let other = try HTTPTestConnection(port: gateway.port)
        try other.write("EHLO localhost\r\n\r\n")
        #expect(try other.receive().status == 400)
        #expect(try gateway.call("listOffers", "{}").status == 200)
        // A byte now and then does not help.
        let start = Instant.now
        while start.elapsed < .seconds(8) {
            try slow.write("a")
            usleep(500_000)
        }
        let late = try slow.receive()
        #expect(late.status == 408 && late.code == "timeout")
        #expect(try slow.waitForEnd(seconds: 60))
    }

    @Test func `a body that is too large is refused before it is sent, and while it is`() throws {
        let gateway = try RunningGateway(installation)
        let announced = try HTTPTestConnection(port: gateway.port)
        try announced.write(Self.head + "Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n")
        let answer = try announced.receive()
        #expect(answer.status == 413 && answer.code == "too_large")
        #expect(try announced.waitForEnd())
        let chunked = try HTTPTestConnection(port: gateway.port)
        try chunked.write(Self.head + "Transfer-Encoding: chunked\r\n\r\n")
        let piece = "10000\r\n\(String(repeating: " ", count: 65536))\r\n"
        for _ in 0..<17 { try chunked.write(piece) }
        #expect(try chunked.receive().status == 413)
        let fitting = "{\"limit\":1\(String(repeating: " ", count: (1 << 20) - 11))}"
        #expect(try gateway.call("listOffers", fitting).status == 200)
    }

    @Test func `4096 slow bodies are all refused in time, and others are served meanwhile`() throws {
        let gateway = try RunningGateway(installation)
        let count = min(4096, OpenFiles.limit / 2 - 200)
        OpenFiles.allowAll()
        let connections = try (0..<count).map { _ in try HTTPTestConnection(port: gateway.port) }
        for connection in connections { try connection.write(Self.head + "Content-Length: 1000000\r\n\r\n{\"offer") }
        for _ in 0..<5 { #expect(try gateway.call("listOffers", "{}").status == 200) }
        var statuses: [Int: Int] = [:]
        for connection in connections { statuses[try connection.receive(seconds: 60).status, default: 0] += 1 }
        #expect(statuses == [408: count])
        #expect(try gateway.call("listOffers", "{}").status == 200)
    }

    @Test func `bodies beyond 64 MiB in all are refused, and their memory is given back`() throws {
        let gateway = try RunningGateway(installation)
        let part = [UInt8](repeating: UInt8(ascii: " "), count: 1_000_000)
        let connections = try (0..<80).map { _ in try HTTPTestConnection(port: gateway.port) }
        for connection in connections {
            try connection.write(Self.head + "Content-Length: 1000001\r\n\r\n")
            // A refused connection may be closed before everything is written.
            try? connection.write(part)
        }
        try waitUntil("they arrive") {
            let text = try gateway.request("GET", "/metrics").text
            return text.split(separator: "\n").contains {
                $0.hasPrefix("postbacks_http_body_bytes 6")
                    && $0.utf8.count == "postbacks_http_body_bytes 60000000".utf8.count
            }
        }
        let refused = connections.count { (try? $0.receive().status) == 503 }
        #expect((10...20).contains(refused), "\(refused)")
        try waitUntil("the memory is free") {
            try gateway.request("GET", "/metrics").text.contains("postbacks_http_body_bytes 0\n")
        }
    }

    @Test func `too many connections are refused with 503 instead of being left hanging`() throws {
        let gateway = try RunningGateway(installation, shell: "ulimit -n 450")
        var connections: [HTTPTestConnection] = []
        // 450 open files leave room for 66 connections.
        for _ in 0..<66 { connections.append(try HTTPTestConnection(port: gateway.port)) }
        let one = try HTTPTestConnection(port: gateway.port)
        let answer = try one.receive()
        #expect(answer.status == 503 && answer.code == "unavailable" && answer.headers["retry-after"] == "1")
        #expect(try one.waitForEnd(seconds: 60))
        connections = []
        try waitUntil("there is room again") { try gateway.request("GET", "/healthz").status == 200 }
    }

    @Test func `a killed function costs only its own calls`() throws {
        let folder = try functions(["listOffers": "read -r l; kill -9 $$"])
        let gateway = try RunningGateway(installation, functions: folder.path)
        let killed = try gateway.call("listOffers", "{}")
        #expect(killed.status == 503 && killed.code == "unavailable" && killed.headers["retry-after"] == "1")
        #expect(try gateway.call("listAffiliates", "{}").status == 200)
        let metrics = try gateway.request("GET", "/metrics").text
        #expect(metrics.contains(#"postbacks_function_restarts_total{function="listOffers",reason="ended"} "#))
    }

    @Test func `a hung function answers 503 after ten seconds, is killed, and holds up no other`() throws {
        let folder = try functions(["listOffers": "exec sleep 1000"])
        let gateway = try RunningGateway(installation, functions: folder.path)
        let hung = try HTTPTestConnection(port: gateway.port)
        let start = Instant.now
        try hung.send("POST", "/function/listOffers", body: Array("{}".utf8))
        for _ in 0..<5 { #expect(try gateway.call("listAffiliates", "{}").status == 200) }
        let answer = try hung.receive()
        #expect(answer.status == 503, "\(answer.text)")
        #expect(start.elapsed > .seconds(9))
        try waitUntil("it is killed") {
            try gateway.request("GET", "/metrics").text.contains(#"reason="silent"} 1"#)
        }
    }

    @Test func `a function that writes wrong lines costs only its own calls, and no caller gets another's answer`()
        throws
    {
        let folder = try functions([
            "listOffers": "while read -r l; do echo '{\"id\":1,\"output\":{\"lie\":true}}'; done",
            "listPostbacks": "while read -r l; do echo nonsense; done",
            "listConversions": "read -r l; head -c 70000000 /dev/zero; sleep 100",
            "explainConversion": "while read -r l; do echo '{\"id\":1,\"output\":{broken}}'; done",
        ])
        let gateway = try RunningGateway(installation, functions: folder.path)
        _ = try gateway.call("listOffers", "{}")
        for function in ["listOffers", "listPostbacks", "listConversions", "explainConversion"] {
            let answer = try gateway.call(function, "{}")
            #expect(answer.status == 503 || function == "listOffers", "\(function) \(answer.text)")
        }
        #expect(try gateway.call("listAffiliates", "{}").status == 200)
    }

    @Test func `a flooding function slows down nobody else, and the log stays small`() throws {
        let echo = #"exec sed -u 's/^{"id":\([0-9]*\),.*$/{"id":\1,"output":{}}/'"#
        let folder = try functions(["listOffers": "(yes flood >&2) & \(echo)"])
        let gateway = try RunningGateway(installation, functions: folder.path)
        #expect(try gateway.call("listOffers", "{}").status == 200)
        let start = Instant.now
        for _ in 0..<50 { #expect(try gateway.call("listAffiliates", "{}").status == 200) }
        #expect(try gateway.log.utf8.count < (start.elapsed.wholeSeconds + 3) * 200_000)
        try gateway.end()
    }

    @Test func `calls beyond those that may wait are refused at once`() async throws {
        let folder = try functions(["listOffers": "exec sleep 1000"])
        let gateway = try RunningGateway(installation, functions: folder.path)
        let port = gateway.port
        let connections = try (0..<1034).map { _ in try HTTPTestConnection(port: port) }
        for connection in connections { try connection.send("POST", "/function/listOffers", body: Array("{}".utf8)) }
        let statuses = try connections.map { try $0.receive() }
        let full = statuses.count { $0.text.contains("too many calls of listOffers are waiting") }
        #expect(full == 10)
        #expect(statuses.allSatisfy { $0.status == 503 && $0.headers["retry-after"] == "1" })
    }
}
