import Glibc
import Receiver
import System
import TestSupport
import TestThreads
import Testing

@Suite(.ownThreads) struct ReceiverTests {
    /// Sends bytes over one connection and reads until it is closed or the answer contains the text.
    private func exchange(_ receiver: RunningReceiver, _ text: String, until end: String? = nil) throws -> String {
        let connection = try Descriptor.connect(to: "127.0.0.1", port: receiver.port)
        try connection.writeAll(Array(text.utf8))
        var answer = ""
        while true {
            _ = try wait(for: [.read(connection)], atMost: .milliseconds(60_000))
            guard case .bytes(let bytes) = try connection.read(upTo: 65_536) else { return answer }
            answer += String(decoding: bytes, as: UTF8.self)
            if let end, answer.hasSuffix(end) { return answer }
        }
    }

    @Test func `it answers, and tells what it received`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [201], headers: [("X-A", "b")], body: "hi"))
        let answer = try exchange(
            receiver, "POST /p?q=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
        )
        #expect(answer == "HTTP/1.1 201 Status\r\nContent-Length: 2\r\nConnection: close\r\nX-A: b\r\n\r\nhi")
        let request = try #require(receiver.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/p?q=1")
        #expect(request.header("host") == "h")
        #expect(request.text == "abc")
    }

    @Test func `it accepts a limited number of requests a second, and answers 429 to more`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(perSecond: 2, body: ""))
        let requests =
            String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 40) + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
        let answers = try exchange(receiver, requests).split(separator: "\r\n").filter { $0.hasPrefix("HTTP") }
        #expect(answers.count == 41)
        #expect(answers[0].contains("200"))
        let seconds = Set(receiver.requests.map { $0.at / 1000 }).count
        #expect(answers.filter { $0.contains("200") }.count <= 2 * seconds)
        #expect(answers.filter { $0.contains("429") }.count >= 41 - 2 * seconds)
    }

    @Test func `requests that come together are answered in order`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [200, 201, 202], script: .cycle, body: ""))
        let one = "GET /1 HTTP/1.1\r\n\r\n"
        let two = "POST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"
        let three = "GET /3 HTTP/1.1\r\nConnection: close\r\n\r\n"
        let answer = try exchange(receiver, one + two + three)
        #expect(
            answer.split(separator: "\r\n").filter { $0.hasPrefix("HTTP") }.map { $0.prefix(12) } == [
                "HTTP/1.1 200", "HTTP/1.1 201", "HTTP/1.1 202",
            ])
        #expect(receiver.requests.map(\.target) == ["/1", "/2", "/3"])
        #expect(receiver.requests.map(\.text) == ["", "abcde", ""])
        #expect(Set(receiver.requests.map(\.connection)) == [1])
    }

    @Test func `each delivery gets the statuses in order, and the last one again`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500, 503, 200], retryAfter: "7", body: ""))
        func status(_ delivery: Int) throws -> String {
            let request = "GET / HTTP/1.0\r\nPostback-Delivery-Id: \(delivery)\r\nConnection: close\r\n\r\n"
            return String(try exchange(receiver, request).dropFirst(9).prefix(3))
        }
        #expect(
            try [status(1), status(1), status(2), status(1), status(1), status(2)] == [
                "500", "503", "500", "200", "200", "503",
            ])
    }

    @Test func `a request in pieces is one request`() throws {
        let receiver = try RunningReceiver()
        let connection = try Descriptor.connect(to: "127.0.0.1", port: receiver.port)
        for byte in Array("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok".utf8) { try connection.writeAll([byte]) }
        _ = try wait(for: [.read(connection)], atMost: .milliseconds(60_000))
        #expect(receiver.requests.map(\.text) == ["ok"])
    }

    @Test func `a request that expects 100 Continue gets it`() throws {
        let receiver = try RunningReceiver()
        let answer = try exchange(
            receiver, "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", until: "\r\n\r\n"
        )
        #expect(answer == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "\u{16}\u{3}\u{1}", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
    ])
    func `what is no request is refused`(text: String) throws {
        let receiver = try RunningReceiver()
        #expect(try exchange(receiver, text).hasPrefix("HTTP/1.1 400 "))
        #expect(receiver.requests.isEmpty)
    }

    @Test func `it holds hundreds of connections`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(body: "x"))
        let connections = try (0..<400).map { _ in try Descriptor.connect(to: "127.0.0.1", port: receiver.port) }
        for connection in connections { try connection.writeAll(Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
        for connection in connections {
            _ = try wait(for: [.read(connection)], atMost: .milliseconds(60_000))
            guard case .bytes(let bytes) = try connection.read(upTo: 1_000) else {
                Issue.record("no answer")
                return
            }
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\nx"))
        }
        #expect(receiver.acceptedConnections == 400)
    }

    @Test func `a port that is taken is an error`() throws {
        let receiver = try RunningReceiver()
        #expect(throws: SystemError.self) { try RunningReceiver(port: receiver.port) }
    }

    @Test func `a signal ends it although nobody reads what it prints`() throws {
        let process = try ChildProcess(
            Programs.path("postbacks"), ["receive", "--port", "0", "--json"], output: .pipe, errorOutput: .null)
        defer { process.terminate(SIGKILL) }
        let output = try #require(process.output)
        guard case .bytes(let line) = try output.read(upTo: 1000) else { throw DidNotHappen(description: "a port") }
        let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let port = try #require(UInt16(String(decoding: digits, as: UTF8.self)))
        let connection = try Descriptor.connect(to: "127.0.0.1", port: port)
        // This is more than the buffer of a pipe.
        let body = String(repeating: "b", count: 300_000)
        try connection.writeAll(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n\(body)".utf8))
        _ = try wait(for: [.read(output)], atMost: nil)
        process.terminate(SIGTERM)
        try waitUntil("it has ended") { try process.poll() != nil }
        #expect(try process.poll() == .exited(0))
    }
}
