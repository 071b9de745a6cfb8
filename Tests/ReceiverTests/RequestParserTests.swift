import Testing

@testable import Receiver

/// Input that arrives byte by byte is scanned once: scanning all of it each time would take minutes.
struct RequestParserTests {
    private func requests(_ pieces: some Sequence<[UInt8]>) -> [RequestParser.ParsedRequest] {
        var parser = RequestParser()
        var requests: [RequestParser.ParsedRequest] = []
        for piece in pieces {
            parser.append(piece)
            while case .request(let request) = parser.next() { requests.append(request) }
        }
        return requests
    }

    @Test func `a long head in single bytes is one request, and so is what follows`() {
        let head = "GET / HTTP/1.1\r\nX: \(String(repeating: "abcd", count: 40_000))\r\n\r\n"
        let text = head + "POST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nok"
        let found = requests(text.utf8.lazy.map { [$0] })
        #expect(found.map(\.target) == ["/", "/2"])
        #expect(found.first?.headers.first?.value.utf8.count == 160_000)
        #expect(found.last?.body == Array("ok".utf8))
    }

    @Test func `a hundred thousand chunks that come one by one are one body`() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = Array(repeating: Array("1\r\nx\r\n".utf8), count: 100_000)
        let found = requests([Array(head.utf8)] + chunks + [Array("0\r\nT: v\r\n\r\n".utf8)] + [Array(head.utf8)])
        #expect(found.map(\.body.count) == [100_000])
    }
}
