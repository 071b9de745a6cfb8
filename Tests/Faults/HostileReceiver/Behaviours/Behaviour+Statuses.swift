import Receiver

extension Behaviour {
    /// Invalid statuses, statuses that are not final, and those that R11 names.
    package static let statuses: [Behaviour] =
        ["000", "099", "600", "999", "1000", "20", "abc", "-200", "2OO", " 200"].map { text in
            answering(
                "status-\(text.filter { $0 != " " })\(text.hasPrefix(" ") ? "-after-two-spaces" : "")",
                .retry(.protocol), "HTTP/1.1 \(text) Odd\r\nContent-Length: 3\r\n\r\nok\n")
        }
        + [200, 201, 202, 206, 299].map { status in
            answering("status-\(status)", .delivered(status), [.send(.answer("\(status) Fine", body: "ok\n"))])
        }
        + [404, 408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 599].map { status in
            answering("status-\(status)", .retry(status: status), [.send(.answer("\(status) Later", body: "no\n"))])
        }
        + [400, 401, 402, 403, 405, 406, 407, 410, 411, 414, 415, 417, 418, 421, 422, 426, 428, 431, 451, 499].map {
            answering("status-\($0)", .failed(status: $0), [.send(.answer("\($0) No", body: "no\n"))])
        }
        + [
            answering(
                "hints-then-answer", .delivered(),
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok\n"),
            answering("hints-alone", .retry(.protocol), "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
            answering(
                "hints-then-silence", .retry(.timeout),
                [.send(Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8)), .silence]),
            answering(
                "other-protocol", .retry(.protocol),
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes"),
            answering(
                "asks-for-credentials", .failed(status: 401),
                [
                    .send(
                        .answer(
                            "401 No", ["WWW-Authenticate: Basic realm=\"x\"", "WWW-Authenticate: NTLM"], body: "no\n"))
                ]),
            // The receiver reads the rest of the request and discards it.
            early(
                "early-413", .failed(status: 413),
                [
                    .send(.answer("413 Too Large", ["Connection: close"], body: "no\n")), .wait(.milliseconds(1000)),
                    .close,
                ]),
            // The receiver does not read the rest. The network decides whether the answer arrives before the reset.
            early(
                "early-413-and-reset", .failed(status: 413).or(.retry),
                [.send(.answer("413 Too Large", ["Connection: close"], body: "no\n")), .reset]),
        ]

    /// Redirects of every kind; none is followed.
    package static let redirects: [Behaviour] =
        [300, 301, 302, 303, 304, 305, 306, 307, 308].map { status in
            redirect("redirect-\(status)", status: status) { "http://127.0.0.1:\($0.port)/elsewhere" }
        }
        + [
            redirect("redirect-with-credentials") { "http://user:password@127.0.0.1:\($0.port)/elsewhere" },
            redirect("redirect-to-itself") { $0.target },
            redirect("redirect-without-place") { _ in nil },
        ]
        + [
            ("metadata", "http://169.254.169.254/latest/meta-data/"), ("metadata-ipv6", "http://[fd00:ec2::254]/"),
            ("file", "file:///etc/passwd"), ("gopher", "gopher://127.0.0.1:11211/_stats"),
            ("ftp", "ftp://127.0.0.1/"), ("javascript", "javascript:alert(1)"), ("nothing", ""),
            ("place-without-scheme", "//169.254.169.254/"), ("bidi", "http://\u{202E}moc.elpmaxe/\u{1B}[2J"),
        ].map { name, place in redirect("redirect-to-\(name)") { _ in place } }

    private static func redirect(
        _ name: String, status: Int = 302, to place: @escaping @Sendable (ReceivedRequest) -> String?
    ) -> Behaviour {
        answering(name, .failed(status: status)) { request, _ in
            let headers = place(request).map { ["Location: \($0)"] } ?? []
            // RFC 9110 §15.4.5: 304 has no body.
            return [.send(.answer("\(status) Elsewhere", headers, body: status == 304 ? "" : "elsewhere\n"))]
        }
    }
}
