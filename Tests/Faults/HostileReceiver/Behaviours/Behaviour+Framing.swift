import Receiver

extension Behaviour {
    /// Answers whose end is unclear (RFC 9112 §6 and §7). If the head is complete, the end of the body does not change
    /// the outcome.
    package static let framing: [Behaviour] = [
        answering(
            "length-too-long", .delivered(isTruncated: true),
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
        answering(
            "length-too-long-and-open", .delivered(isTruncated: true),
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".utf8)), .silence]),
        answering(
            "length-too-short", .delivered(),
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more than that\n".utf8))]),
        lengths("length-twice-the-same", .delivered(), "3", "3"),
        lengths("length-twice-different", .retry(.protocol), "3", "2"),
        lengths("length-twice-different-and-longer", .retry(.protocol), "2", "3"),
        lengths("length-list", .retry(.protocol), "3, 4"),
        lengths("length-negative", .retry(.protocol), "-3"),
        lengths("length-with-sign", .retry(.protocol), "+3"),
        lengths("length-hexadecimal", .retry(.protocol), "0x3"),
        lengths("length-in-words", .retry(.protocol), "three"),
        lengths("length-with-rest", .retry(.protocol), "3 bytes"),
        lengths("length-huge", .retry(.protocol), "99999999999999999999999999"),
        answering(
            "length-and-chunks", .delivered(),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nok\n\r\n0\r\n\r\n"),
        answering("no-length", .delivered(), "HTTP/1.1 200 OK\r\n\r\nok\n"),
        answering("no-content-with-body", .delivered(204), "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nok\n"),
        chunks("chunk-garbage", "zz\r\nnonsense\r\n"),
        chunks("chunk-huge", "FFFFFFFFFFFFFFFFFFFF\r\nok\n"),
        chunks("chunk-negative", "-3\r\nok\n\r\n0\r\n\r\n"),
        chunks("chunk-longer-than-said", "2\r\nok and more\r\n0\r\n\r\n"),
        chunks("chunk-without-size", "\r\nok\n\r\n0\r\n\r\n"),
        answering(
            "coding-not-asked-for", .retry(.protocol), "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nnonsense"),
        answering(
            "two-answers", .delivered(),
            [.send(.answer("200 OK", body: "ok\n") + .answer("500 Never", body: "never\n"))]),
    ]

    /// Answers that are not HTTP/1.1, or only just.
    package static let versions: [Behaviour] = [
        answering("http-1-0", .delivered(), "HTTP/1.0 200 OK\r\n\r\nok\n"),
        answering("line-feeds-only", .delivered(), "HTTP/1.1 200 OK\nContent-Length: 3\n\nok\n"),
        answering("http-0-9", .retry(.protocol), "<html>ok</html>\n"),
        answering("http-2", .retry(.protocol), "HTTP/2 200\r\ncontent-length: 3\r\n\r\nok\n"),
        answering("http-3-words", .retry(.protocol), "HTTP/1.1\r\n\r\n"),
        answering("ssh", .retry(.protocol), "SSH-2.0-OpenSSH_9.2\r\n"),
        answering("empty-lines", .retry(.protocol), "\r\n\r\n\r\n"),
        answering("tls-record", .retry(.protocol), "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{46}"),
    ]

    private static func lengths(_ name: String, _ expected: DueOutcome, _ values: String...) -> Behaviour {
        let lines = values.map { "Content-Length: \($0)\r\n" }.joined()
        return answering(name, expected, "HTTP/1.1 200 OK\r\n\(lines)\r\nok\n")
    }

    private static func chunks(_ name: String, _ text: String) -> Behaviour {
        answering(
            name, .delivered(isTruncated: true), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(text)")
    }
}
