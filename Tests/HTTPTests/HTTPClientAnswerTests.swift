import HTTP
import Receiver
import TestSupport
import TestThreads
import Testing

/// Tests how the client reads good and bad answers.
@Suite(.ownThreads) struct HTTPClientAnswerTests {
    @Test(arguments: [200, 201, 204, 299, 304, 400, 404, 410, 429, 500, 503, 599])
    func `a final status is a response`(status: Int) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [status]))
        let completion = try HTTPClient.make().send(HTTPRequest(url: receiver.url))
        #expect(completion.id == 7)
        #expect(completion.response?.status == status)
        #expect(completion.remoteAddress == "127.0.0.1")
    }

    @Test func `body and headers arrive, headers given twice twice`() throws {
        let headers = [("X-One", "1"), ("X-Two", " a\tb "), ("X-One", "again"), ("X-Odd", "\u{1}\u{85}ü")]
        let receiver = try RunningReceiver(ReceiverBehaviour(headers: headers, body: "hello"))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.body == Array("hello".utf8))
        #expect(!response.isTruncated)
        let named = response.headers.map { "\($0.name)=\($0.value)" }
        #expect(named == ["Content-Length=5", "X-One=1", "X-Two=a\tb", "X-One=again", "X-Odd=\u{fffd}\u{fffd}ü"])
        #expect(response.header("x-one") == "1")
    }

    @Test(arguments: [(4_095, false), (4_096, false), (4_097, true), (1_000_000, true)])
    func `4096 bytes of a body are kept`(length: Int, isTruncated: Bool) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(body: String(repeating: "y", count: length)))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.body.count == min(length, 4_096))
        #expect(response.isTruncated == isTruncated)
    }

    @Test func `of an endless body the beginning is read`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [500], manner: .endlessBody))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.status == 500)
        #expect(response.body.count == 4_096)
        #expect(response.isTruncated)
    }

    @Test func `a body that does not end in time is part of an answer, and said to have failed`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .drip, body: String(repeating: "z", count: 600)))
        for limits in [
            HTTPLimits(total: .milliseconds(3_000)),
            HTTPLimits(total: .milliseconds(60_000), unneededBody: .milliseconds(500)),
        ] {
            let client = try HTTPClient.make(limits: limits)
            let request = HTTPRequest(url: receiver.url, needsBody: limits.total ?? .zero < .seconds(60))
            let response = try #require(client.send(request).response)
            #expect(response.status == 200)
            #expect(response.bodyFailure?.kind == .timeout)
            #expect(response.isTruncated)
        }
    }

    @Test func `silence is a time-out`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let client = try HTTPClient.make(limits: HTTPLimits(total: .milliseconds(300)))
        #expect(client.send(HTTPRequest(url: receiver.url)).failure?.kind == .timeout)
    }

    @Test(arguments: [ReceiverBehaviour.Manner.close, .reset])
    func `a connection that ends without an answer is none`(manner: ReceiverBehaviour.Manner) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: manner))
        #expect(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).failure?.kind == .connect)
    }

    @Test func `a connection that is reset in the body has answered`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .resetInBody))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.bodyFailure?.kind == .protocol)
        #expect(response.isTruncated)
    }

    @Test(arguments: [
        "Content-Length: 70\r\n\r\nshort", "Transfer-Encoding: chunked\r\n\r\n3\r\nok\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nnonsense\r\n",
    ])
    func `a body that ends badly behind a complete head is part of an answer`(rest: String) throws {
        for status in [200, 301, 404, 500] {
            let answer = Array("HTTP/1.1 \(status) Any\r\n\(rest)".utf8)
            let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(answer)))
            let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
            #expect(response.status == status)
            #expect(response.bodyFailure != nil)
        }
    }

    @Test func `a reset behind what is kept of the body does no harm`() throws {
        let body = String(repeating: "y", count: 4_096)
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .resetInBody, body: body))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.body.count == 4_096)
        #expect(response.isTruncated)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "hello\r\n\r\nworld", "HTTP/1.1 999 Odd\r\n\r\n",
        "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 099 Odd\r\n\r\n", "HTTP/1.1 20 Short\r\n\r\n", "HTTP/1.1 0200 Long\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nnonsense", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX: a",
        "HTTP/1.1 200 OK\r\nX: a\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok\n", "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nok\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nok\n", "HTTP/1.1 200 OK\r\nContent-Length: 3 3\r\n\r\nok\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok\n",
    ])
    func `what is not HTTP breaks the protocol`(answer: String) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        let completion = try HTTPClient.make().send(HTTPRequest(url: receiver.url))
        #expect(completion.failure?.kind == .protocol, "\(completion)")
    }

    @Test(arguments: ["Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3, 3", "Content-Length:  3 "])
    func `a length that is said more than once, and each time the same, is one`(headers: String) throws {
        let answer = "HTTP/1.1 200 OK\r\n\(headers)\r\n\r\nok\n"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.body == Array("ok\n".utf8))
    }

    @Test(arguments: [
        (ReceiverBehaviour.Manner.endlessHeaders, "there are more than 1000 headers"),
        (.endlessInformation, "the headers are longer than 65536 bytes"),
    ])
    func `a flood of headers ends the attempt`(manner: ReceiverBehaviour.Manner, message: String) throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: manner))
        let failure = try HTTPClient.make().send(HTTPRequest(url: receiver.url)).failure
        #expect(failure == HTTPFailure(kind: .protocol, message: message))
    }

    @Test(arguments: [(999, true), (1_000, false)])
    func `a thousand headers are taken, and no more`(count: Int, isTaken: Bool) throws {
        let headers = (0..<count).map { ("\($0)", "") }
        let receiver = try RunningReceiver(ReceiverBehaviour(headers: headers))
        let completion = try HTTPClient.make().send(HTTPRequest(url: receiver.url))
        // The receiver adds the length.
        #expect(completion.response?.headers.count == (isTaken ? 1_000 : nil))
        if !isTaken { #expect(completion.failure?.message == "there are more than 1000 headers") }
    }

    /// curl reports a lack of memory, although the system has enough.
    @Test func `one endless status line is its receiver's fault`() throws {
        let line = "HTTP/1.1 200 " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(line.utf8))))
        #expect(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).failure?.kind == .protocol)
    }

    @Test func `one endless header line ends the attempt`() throws {
        let line = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(line.utf8))))
        #expect(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).failure?.kind == .protocol)
    }

    @Test func `informational answers before the final one do not count`() throws {
        let answer = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\nok"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.status == 200)
        #expect(response.headers.map(\.name) == ["A", "Content-Length"])
    }

    @Test func `nothing is decompressed`() throws {
        let headers = [("Content-Encoding", "gzip")]
        let receiver = try RunningReceiver(ReceiverBehaviour(headers: headers, body: "not gzip"))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.body == Array("not gzip".utf8))
    }

    @Test func `chunks are joined, and their trailers are no headers`() throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array(answer.utf8))))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.body == Array("abc".utf8))
        #expect(response.headers.map(\.name) == ["Transfer-Encoding"])
    }

    @Test(arguments: [301, 302, 307, 308])
    func `a redirect is not followed`(status: Int) throws {
        let other = try RunningReceiver()
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [status], location: other.url + "/secret"))
        let response = try #require(try HTTPClient.make().send(HTTPRequest(url: receiver.url)).response)
        #expect(response.status == status)
        #expect(response.header("Location") == other.url + "/secret")
        #expect(other.requests.isEmpty)
    }
}
