import Receiver

extension Behaviour {
    /// Bytes that may break careless writers of log lines, pages, tables or terminals.
    package static let strangeBytes: [Behaviour] =
        strange.flatMap { name, bytes in
            [
                answer("\(name)-in-reason", .delivered(), reason: bytes),
                // RFC 9112 §2.2: a bare carriage return makes its element invalid. In a value it does no harm.
                answer(
                    "\(name)-in-header-name", name == "bare-cr" ? .retry(.protocol) : .delivered(), headerName: bytes),
                answer("\(name)-in-header-value", .delivered(), headerValue: bytes),
                answer("\(name)-in-body", .delivered(), body: bytes),
                answer("\(name)-in-status", .retry(.protocol), status: bytes),
            ]
        } + [
            // A header with a NUL may be read in two ways.
            answer("nul-in-reason", .retry(.protocol), reason: [0]),
            answer("nul-in-header-name", .retry(.protocol), headerName: [0]),
            answer("nul-in-header-value", .retry(.protocol), headerValue: [0]),
            answer("nul-in-status", .retry(.protocol), status: [0]),
            answer("nul-in-body", .delivered(), body: [0, 0x5C, 0, 0x22]),
            answer("all-bytes-in-body", .delivered(), body: (0...255).map { $0 }),
            answer("header-without-name", .delivered(), headerName: []),
        ]

    private static let strange: [(String, [UInt8])] = [
        ("escape-sequence", Array("\u{1B}[2J\u{1B}]0;title\u{7}".utf8)),
        ("bare-cr", Array("a\rb".utf8)),
        ("other-controls", [1, 8, 0x0B, 0x0C, 0x1F, 0x7F]),
        ("c1-controls", Array("\u{85}\u{9B}2J".utf8)),
        ("bidi", Array("\u{202E}evil\u{2066}\u{200F}".utf8)),
        ("line-separator", Array("a\u{2028}b\u{2029}c".utf8)),
        ("invalid-utf8", [0xC3, 0x28, 0xFF, 0xFE, 0xED, 0xA0, 0x80, 0xF0, 0x9F]),
        ("non-ascii", Array("Überraschung 日本語 🎉".utf8)),
        ("backslashes-and-quotes", Array(#"\u0000\"'; DROP TABLE attempts; --"#.utf8)),
    ]

    private static func answer(
        _ name: String, _ expected: DueOutcome, status: [UInt8]? = nil, reason: [UInt8] = [],
        headerName: [UInt8]? = nil,
        headerValue: [UInt8] = [], body: [UInt8] = []
    ) -> Behaviour {
        let lines: [[UInt8]] = [
            Array("HTTP/1.1 ".utf8) + (status.map { Array("2".utf8) + $0 + Array("0".utf8) } ?? Array("200".utf8)),
            Array(" OK".utf8) + reason + Array("\r\n".utf8),
            headerName.map { Array("X-".utf8.prefix($0.isEmpty ? 0 : 2)) + $0 + Array(": value\r\n".utf8) } ?? [],
            Array("X-Value: ".utf8) + headerValue + Array("\r\n".utf8),
            Array("Content-Length: \(body.count)\r\n\r\n".utf8), body,
        ]
        return answering(name, expected, [.send(Array(lines.joined()))])
    }
}
