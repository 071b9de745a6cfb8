import Receiver

extension Behaviour {
    /// Connections that fail, or end at a bad time.
    package static let connections: [Behaviour] = [
        unreachable("refused", .retry(.connect), .refusing),
        unreachable("black-holed", .retry(.timeout), .full),
        greeting("closed-at-once", .retry(.connect), [.close]),
        greeting("reset-at-once", .retry(.connect), [.reset]),
        answering("closed-before-answer", .retry(.connect), [.close]),
        answering("reset-before-answer", .retry(.connect), [.reset]),
        // Without a status line there is no answer yet.
        answering("closed-in-status-line", .retry(.connect), broken("HTTP/1.1 2", .close)),
        answering("reset-in-status-line", .retry(.connect), broken("HTTP/1.1 2", .reset)),
        answering("closed-behind-status-line", .retry(.protocol), broken("HTTP/1.1 200 OK\r\n", .close)),
        answering("reset-behind-status-line", .retry(.protocol), broken("HTTP/1.1 200 OK\r\n", .reset)),
        answering("closed-in-header", .retry(.protocol), broken("HTTP/1.1 200 OK\r\nX-Half: on", .close)),
        answering("reset-in-header", .retry(.protocol), broken("HTTP/1.1 200 OK\r\nX-Half: on", .reset)),
        answering("closed-behind-header", .retry(.protocol), broken("HTTP/1.1 200 OK\r\nX-Whole: one\r\n", .close)),
        answering("closed-in-body", .delivered(isTruncated: true), broken(beginning, .close)),
        answering("reset-in-body", .delivered(isTruncated: true), broken(beginning, .reset)),
        answering(
            "reset-in-body-without-length", .delivered(isTruncated: true),
            broken("HTTP/1.1 200 OK\r\n\r\nbegin", .reset)),
        answering("closed-in-chunk", .delivered(isTruncated: true), broken(chunkBeginning, .close)),
        answering("reset-in-chunk", .delivered(isTruncated: true), broken(chunkBeginning, .reset)),
        answering("closed-between-chunks", .delivered(isTruncated: true), broken(chunkBeginning + "gin\r\n", .close)),
        // One attempt sends once: a request that loses its kept connection is tried again over a new one.
        answering("closed-under-next-request", .delivered().or(.retry)) { _, count in
            count == 1 ? [.send(.answer("200 OK", body: "ok\n"))] : [.close]
        },
        answering("closed-while-idle", .delivered().or(.retry), idle(.close)),
        answering("reset-while-idle", .delivered().or(.retry), idle(.reset)),
    ]

    /// Receivers that send too little, or too slowly.
    package static let pauses: [Behaviour] = [
        answering("silent", .retry(.timeout), [.silence]),
        greeting("deaf", .retry(.timeout), [.deafness]),
        answering(
            "silent-in-header", .retry(.timeout), [.send(Array("HTTP/1.1 200 OK\r\nX-Half: on".utf8)), .silence]),
        answering("silent-in-body", .delivered(isTruncated: true), [.send(Array(beginning.utf8)), .silence]),
        answering("one-byte-a-second", .retry(.timeout), [.drip(longAnswer, interval: .milliseconds(1000))]),
        answering(
            "one-byte-of-body-a-second", .delivered(isTruncated: true),
            [
                .send(Array("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n".utf8)),
                .drip(longAnswer, interval: .milliseconds(1000)),
            ]
        ),
        answering("slow-but-good", .delivered(), [.drip(.answer("200 OK", body: "ok\n"), interval: .milliseconds(10))]),
    ]

    private static let beginning = "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nbegin"
    private static let chunkBeginning = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbe"
    private static let longAnswer: [UInt8] = .answer("200 OK", body: String(repeating: "x", count: 600))

    /// Sends a good answer and then ends the connection, although the answer keeps it open.
    private static func idle(_ end: Step) -> [Step] {
        [.send(.answer("200 OK", body: "ok\n")), .wait(.milliseconds(30)), end]
    }

    /// Sends a part of an answer, and lets it arrive before the end.
    private static func broken(_ text: String, _ end: Step) -> [Step] {
        [.send(Array(text.utf8)), .wait(.milliseconds(50)), end]
    }
}
