import Adapters
import FunctionServer
import Testing

/// Tests the reader of requests with bytes that arrive together, one by one, and in ways that are read differently by
/// others.
struct RequestReaderTests {
    private static let limits = {
        var limits = ServerLimits(body: 1000)
        limits.head = 500
        limits.fields = 5
        return limits
    }()

    /// The requests and faults that the reader finds in the bytes, given in pieces of this size.
    private func read(_ text: String, pieces: Int = .max) -> [String] {
        var reader = RequestReader(Self.limits)
        var results: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.append(Array(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
            steps: while true {
                switch reader.next() {
                case .needsMore: break steps
                case .expectsContinue: results.append("continue")
                case .request(let call, let keepsAlive):
                    let body = String(decoding: call.body, as: UTF8.self)
                    results.append("\(call.method) \(body)\(keepsAlive ? "" : " last")")
                case .refused(let status, _): return results + ["\(status)"]
                }
            }
        }
        return results
    }

    private func expect(_ text: String, _ results: [String]) {
        for pieces in [Int.max, 1, 7] {
            #expect(read(text, pieces: pieces) == results, "\(text) in pieces of \(pieces)")
        }
    }

    @Test func `requests follow one another on a connection`() {
        expect(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}\r\nPOST /x HTTP/1.1\r\nhost:h\r\n\r\n",
            ["POST {}", "POST "])
    }

    @Test func `a chunked body is put together, with extensions and trailers passed over`() {
        expect(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n1;a=b\r\n{\r\n0A\r\n\"a\":12345}\r\n0\r\nT: x\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: h\r\n\r\n", ["POST {\"a\":12345}", "GET "])
    }

    @Test func `a sender that waits for 100 Continue gets it once`() {
        expect(
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", ["continue"])
        #expect(
            read("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}") == ["POST {}"])
        expect("POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n", ["417"])
    }

    @Test(arguments: [
        ("HTTP/1.1", "Connection: close", false), ("HTTP/1.1", "Connection: x, Close", false),
        ("HTTP/1.1", "Upgrade: h2c", false), ("HTTP/1.1", "Connection: keep-alive", true), ("HTTP/1.0", "X: y", false),
        ("HTTP/1.0", "Connection: Keep-Alive", true),
    ])
    func `a connection stays open as its version and options say`(version: String, field: String, stays: Bool) {
        expect("POST / \(version)\r\nHost: h\r\n\(field)\r\n\r\n", [stays ? "POST " : "POST  last"])
    }

    @Test(arguments: [
        ("\u{16}\u{3}\u{1}", "400"), ("POST /\r\n\r\n", "400"), ("POST  / HTTP/1.1\r\nHost: h\r\n\r\n", "400"),
        ("POST / HTTP/2.0\r\nHost: h\r\n\r\n", "505"), ("POST / HTTP/1.1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", "400"), ("POST / HTTP/1.1\nHost: h\n\n\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost : h\r\n\r\n", "400"), ("POST / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nA: b\nC: d\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n", "413"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", "413"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "501"),
        ("POST / HTTP/1.1\r\nHost: h\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\n\r\n", "431"),
    ])
    func `a head that can be understood in two ways, or is too large, is refused`(head: String, status: String) {
        expect(head, [status])
    }

    @Test(arguments: [
        ("x\r\n", "400"), ("\r\n", "400"), ("-1\r\n", "400"), ("0x1\r\n", "400"), ("1\r\nab\r\n", "400"),
        ("1\na\r\n", "400"), ("fffffffff\r\n", "400"), ("ffff\r\n", "413"), ("0\r\nno field\n\n", "400"),
    ])
    func `a malformed chunk is refused`(body: String, status: String) {
        expect("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", [status])
    }

    @Test func `the bounds hold for a head, a chunk and trailers that never end`() {
        expect("POST / HTTP/1.1\r\nA: \(String(repeating: "x", count: 600))", ["431"])
        let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        expect(chunked + "1;" + String(repeating: "x", count: 600), ["400"])
        expect(chunked + "0\r\n" + String(repeating: "A: b\r\n", count: 200), ["400"])
        expect(chunked + String(repeating: "64\r\n\(String(repeating: "x", count: 100))\r\n", count: 11), ["413"])
    }

    @Test func `nothing is held behind a complete request`() {
        var reader = RequestReader(Self.limits)
        reader.append(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}".utf8))
        guard case .request = reader.next() else { return #expect(Bool(false), "a request") }
        #expect(reader.isEmpty && reader.heldBytes == 0)
    }
}
