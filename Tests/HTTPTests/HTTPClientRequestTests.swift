import HTTP
import Receiver
import TestSupport
import TestThreads
import Testing

/// Tests the bytes that the client sends.
@Suite(.ownThreads) struct HTTPClientRequestTests {
    private func received(_ request: HTTPRequest) throws -> ReceivedRequest {
        let receiver = try RunningReceiver()
        var request = request
        request.url = receiver.url + request.url
        let completion = try HTTPClient.make().send(request)
        #expect(completion.response?.status == 200, "\(completion)")
        return try #require(receiver.requests.first)
    }

    private func names(_ request: ReceivedRequest) -> [String] { request.headers.map(\.name) }

    @Test func `a GET carries Host and nothing that was not asked for`() throws {
        let request = try received(HTTPRequest(url: "/a?b=c"))
        #expect(request.method == "GET")
        #expect(request.target == "/a?b=c")
        #expect(names(request) == ["Host"])
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "GET"])
    func `a body adds its length and nothing else`(method: String) throws {
        let body = Array("a=1&b=\0&c=\u{e4}".utf8)
        let request = try received(HTTPRequest(method: method, url: "/", body: body))
        #expect(request.method == method)
        #expect(request.body == body)
        #expect(names(request) == ["Host", "Content-Length"])
    }

    @Test func `a large body does not wait for leave`() throws {
        let body = [UInt8](repeating: 0x61, count: 3 << 20)
        let request = try received(HTTPRequest(method: "POST", url: "/", body: body))
        #expect(request.body.count == body.count)
        #expect(request.header("Expect") == nil)
    }

    @Test func `headers go out as they are given, in order, twice if twice, empty ones too`() throws {
        let headers = [
            ("User-Agent", "postbacks/1"), ("X-B", "2"), ("X-A", "1"), ("X-B", "3"), ("X-Empty", ""),
            ("X-Spaces", "  "),
            ("Content-Type", "application/json"), ("Accept", "*/*"), ("X-Text", "a: b; ü"),
        ]
        let request = try received(HTTPRequest(method: "POST", url: "/", headers: headers, body: Array("{}".utf8)))
        let sent = request.headers.dropFirst().filter { $0.name != "Content-Length" }.map { "\($0.name)=\($0.value)" }
        #expect(
            sent == [
                "User-Agent=postbacks/1", "X-B=2", "X-A=1", "X-B=3", "X-Empty=", "X-Spaces=",
                "Content-Type=application/json",
                "Accept=*/*", "X-Text=a: b; ü",
            ]
        )
    }

    @Test func `the path goes out as it is`() throws {
        #expect(try received(HTTPRequest(url: "/a/../b/./c//d?x=../y&z=%2F")).target == "/a/../b/./c//d?x=../y&z=%2F")
    }

    @Test func `nothing of one request is left in the next`() throws {
        let receiver = try RunningReceiver()
        let client = try HTTPClient.make()
        _ = client.send(
            HTTPRequest(method: "PUT", url: receiver.url + "/1", headers: [("X-A", "1")], body: Array("x".utf8)))
        _ = client.send(HTTPRequest(url: receiver.url + "/2"))
        _ = client.send(HTTPRequest(method: "POST", url: receiver.url + "/3"))
        let requests = receiver.requests
        #expect(requests.map(\.method) == ["PUT", "GET", "POST"])
        #expect(
            requests.map { names($0) } == [["Host", "X-A", "Content-Length"], ["Host"], ["Host", "Content-Length"]])
        #expect(requests.map(\.body.count) == [1, 0, 0])
    }

    @Test(arguments: [
        HTTPRequest(url: "ftp://127.0.0.1/x"), HTTPRequest(url: "file:///etc/passwd"), HTTPRequest(url: "127.0.0.1/x"),
        HTTPRequest(url: "http://user:secret@127.0.0.1/"), HTTPRequest(url: "http://127.0.0.1/a b"),
        HTTPRequest(url: "http://127.0.0.1/a\r\nX: y"), HTTPRequest(url: "http://127.0.0.1/\0"),
        HTTPRequest(url: "http://"),
        HTTPRequest(url: "http://127.0.0.1:99999/"),
        HTTPRequest(method: "GET /x HTTP/1.1\r\nX:", url: "http://127.0.0.1/"),
        HTTPRequest(method: "", url: "http://127.0.0.1/"),
        HTTPRequest(url: "http://127.0.0.1/", headers: [("X", "a\r\nY: b")]),
        HTTPRequest(url: "http://127.0.0.1/", headers: [("X", "a\0b")]),
        HTTPRequest(url: "http://127.0.0.1/", headers: [("X:Y", "a")]),
        HTTPRequest(url: "http://127.0.0.1/", headers: [("", "a")]),
        HTTPRequest(url: "http://127.0.0.1/", headers: [("Content-Length", "5")]),
        HTTPRequest(url: "http://127.0.0.1/", headers: [("Transfer-Encoding", "chunked")]),
    ])
    func `a request that cannot be sent as it is is not sent`(request: HTTPRequest) throws {
        let completion = try HTTPClient.make().send(request)
        #expect(completion.id == 7)
        #expect(completion.failure?.kind == .protocol, "\(completion)")
        #expect(completion.remoteAddress == nil)
    }
}
