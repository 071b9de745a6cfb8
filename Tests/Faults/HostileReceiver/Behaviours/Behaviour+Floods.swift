import Receiver

extension Behaviour {
    /// Answers that are much larger than expected.
    package static let floods: [Behaviour] = [
        answering("endless-body", .delivered(isTruncated: true), flood("HTTP/1.1 200 OK\r\n\r\n", block)),
        answering(
            "endless-body-of-error", .retry(status: 500, isTruncated: true),
            flood("HTTP/1.1 500 Broken\r\n\r\n", block)),
        answering(
            "endless-chunks", .delivered(isTruncated: true),
            flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Array("1\r\nx\r\n".utf8))),
        answering(
            "endless-chunk-extension", .delivered(isTruncated: true),
            flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", Array("x".utf8))),
        answering(
            "endless-trailers", .delivered(isTruncated: true),
            flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", Array("X-Flood: 1\r\n".utf8))),
        answering("endless-headers", .retry(.protocol), flood("HTTP/1.1 200 OK\r\n", Array("X-Flood: 1\r\n".utf8))),
        answering("endless-header-line", .retry(.protocol), flood("HTTP/1.1 200 OK\r\nX-Flood: ", block)),
        answering("endless-status-line", .retry(.protocol), flood("HTTP/1.1 200 ", block)),
        answering("endless-information", .retry(.protocol), flood("", Array("HTTP/1.1 103 Early\r\n\r\n".utf8))),
        answering(
            "megabyte-header", .retry(.protocol),
            [.send(.answer("200 OK", ["X-Large: \(String(repeating: "y", count: 1 << 20))"], body: "ok\n"))]),
        answering(
            "ten-thousand-headers", .retry(.protocol),
            [.send(.answer("200 OK", (0..<10_000).map { "X-Header-\($0): value" }, body: "ok\n"))]),
        answering(
            "ten-thousand-short-headers", .retry(.protocol),
            [.send(.answer("200 OK", (0..<10_000).map { "\(String($0, radix: 36)):" }, body: "ok\n"))]),
        answering(
            "nine-hundred-headers", .delivered(),
            [.send(.answer("200 OK", (0..<900).map { "X-Header-\($0): value" }, body: "ok\n"))]),
        answering(
            "thousand-continues", .delivered(),
            [
                .send(Array(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1000).utf8)),
                .send(.answer("200 OK", body: "ok\n")),
            ]),
        answering("gzip-bomb", .delivered(isTruncated: true), [.send(gzipBomb)]),
    ]

    private static let block = [UInt8](repeating: UInt8(ascii: "x"), count: 16_384)

    /// Sends a start, and then bytes without end. Short bytes are repeated, so that each write is large.
    private static func flood(_ start: String, _ bytes: [UInt8]) -> [Step] {
        let copies = Array(repeatElement(bytes, count: max(1, 16_384 / bytes.count)).joined())
        return [.send(Array(start.utf8)), .endlessly(copies)]
    }

    /// 64 KiB that decompress to 64 MiB: a gzip block whose code for 258 more zeros is two zero bits, repeated.
    private static let gzipBomb: [UInt8] = {
        let head: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0xEC, 0xC1, 1, 1, 0, 0, 0, 0x80, 0x90, 0xFE, 0xAF, 0xEE, 8, 0x0A,
        ]
        let body = head + [UInt8](repeating: 0, count: 65_536)
        let lines = ["HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: \(body.count)"]
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }()
}
