import Receiver

/// One way to misbehave, and what the product must make of it.
package struct Behaviour: Sendable {
    /// Letters, digits and hyphens, so that it can stand in a path.
    package let name: String
    package let expected: DueOutcome
    let listening: Listening
    let conduct: @Sendable (Moment) -> [Step]?

    /// How a port behaves before anything is accepted.
    enum Listening { case usual, refusing, full }

    /// An occasion, and how many requests its connection has brought so far, this one included.
    struct Moment {
        let occasion: Occasion
        let count: Int
    }

    private init(
        _ name: String, _ expected: DueOutcome, listening: Listening = .usual,
        _ conduct: @escaping @Sendable (Moment) -> [Step]?
    ) {
        self.name = name
        self.expected = expected
        self.listening = listening
        self.conduct = conduct
    }

    /// Answers every request with the same.
    static func answering(_ name: String, _ expected: DueOutcome, _ steps: [Step]) -> Behaviour {
        Behaviour(name, expected) { if case .request = $0.occasion { steps } else { nil } }
    }

    /// Answers every request with bytes and then closes the connection.
    static func answering(_ name: String, _ expected: DueOutcome, _ text: String) -> Behaviour {
        answering(name, expected, [.send(Array(text.utf8)), .close])
    }

    /// Answers as the request and its place on the connection want it.
    static func answering(
        _ name: String, _ expected: DueOutcome, by steps: @escaping @Sendable (ReceivedRequest, _ count: Int) -> [Step]
    ) -> Behaviour {
        Behaviour(name, expected) { moment in
            if case .request(let request) = moment.occasion { steps(request, moment.count) } else { nil }
        }
    }

    /// Answers as soon as the headers are there.
    static func early(_ name: String, _ expected: DueOutcome, _ steps: [Step]) -> Behaviour {
        Behaviour(name, expected) { moment in
            switch moment.occasion {
            case .connected: nil
            case .head, .request: steps
            }
        }
    }

    /// Waits for nothing.
    static func greeting(_ name: String, _ expected: DueOutcome, _ steps: [Step]) -> Behaviour {
        Behaviour(name, expected) { if case .connected = $0.occasion { steps } else { nil } }
    }

    /// No connection comes about.
    static func unreachable(_ name: String, _ expected: DueOutcome, _ listening: Listening) -> Behaviour {
        Behaviour(name, expected, listening: listening) { _ in [.close] }
    }

    /// Whether it shows in the answer to a request, so that other requests on the same port may be treated otherwise.
    package var isOfRequests: Bool {
        listening == .usual && conduct(Moment(occasion: .connected(port: 0), count: 0)) == nil
    }
}

extension Behaviour {
    /// As a receiver should be.
    package static let good = answering("good", .delivered()) { request, _ in
        let end: [Step] = request.keepsAlive ? [] : [.close]
        return [.send(.answer("200 OK", body: "ok\n"))] + end
    }

    /// Those that have to do with connections.
    package static let network = connections + pauses
    /// Those that have to do with what is answered.
    package static let answers = floods + framing + versions + statuses + redirects + strangeBytes + retryAfter
    package static let all = network + answers

    package static func named(_ name: String) -> Behaviour? { all.first { $0.name == name } }
}

extension [UInt8] {
    /// An HTTP/1.1 answer whose length is right.
    static func answer(_ status: String, _ headers: [String] = [], body: String = "") -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }
}
