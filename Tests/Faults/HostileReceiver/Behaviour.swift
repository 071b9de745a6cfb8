import Receiver

/// One way in which a receiver misbehaves, and the outcome that the product must record.
package struct Behaviour: Sendable {
    /// Letters, digits and hyphens, so that the name can be part of a path.
    package let name: String
    package let expected: DueOutcome
    let listening: Listening
    let conduct: @Sendable (Moment) -> [Step]?

    /// The state of a port before a connection is accepted.
    enum Listening { case usual, refusing, full }

    /// An occasion, with the number of requests on its connection so far, including this one.
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

    /// Answers every request with the same steps.
    static func answering(_ name: String, _ expected: DueOutcome, _ steps: [Step]) -> Behaviour {
        Behaviour(name, expected) { if case .request = $0.occasion { steps } else { nil } }
    }

    /// Answers every request with a text and closes the connection.
    static func answering(_ name: String, _ expected: DueOutcome, _ text: String) -> Behaviour {
        answering(name, expected, [.send(Array(text.utf8)), .close])
    }

    /// Answers depending on the request and its number on the connection.
    static func answering(
        _ name: String, _ expected: DueOutcome, by steps: @escaping @Sendable (ReceivedRequest, _ count: Int) -> [Step]
    ) -> Behaviour {
        Behaviour(name, expected) { moment in
            if case .request(let request) = moment.occasion { steps(request, moment.count) } else { nil }
        }
    }

    /// Answers as soon as the headers have arrived.
    static func early(_ name: String, _ expected: DueOutcome, _ steps: [Step]) -> Behaviour {
        Behaviour(name, expected) { moment in
            switch moment.occasion {
            case .connected: nil
            case .head, .request: steps
            }
        }
    }

    /// Sends as soon as the connection is made, without waiting for a request.
    static func greeting(_ name: String, _ expected: DueOutcome, _ steps: [Step]) -> Behaviour {
        Behaviour(name, expected) { if case .connected = $0.occasion { steps } else { nil } }
    }

    /// Accepts no connection.
    static func unreachable(_ name: String, _ expected: DueOutcome, _ listening: Listening) -> Behaviour {
        Behaviour(name, expected, listening: listening) { _ in [.close] }
    }

    /// Whether it concerns only the answers to requests, so that other requests on the same port may be treated
    /// differently.
    package var isOfRequests: Bool {
        listening == .usual && conduct(Moment(occasion: .connected(port: 0), count: 0)) == nil
    }
}

extension Behaviour {
    /// The behaviour of a good receiver.
    package static let good = answering("good", .delivered()) { request, _ in
        let end: [Step] = request.keepsAlive ? [] : [.close]
        return [.send(.answer("200 OK", body: "ok\n"))] + end
    }

    /// Behaviours that concern connections.
    package static let network = connections + pauses
    /// Behaviours that concern the answers.
    package static let answers = floods + framing + versions + statuses + redirects + strangeBytes + retryAfter
    package static let all = network + answers

    package static func named(_ name: String) -> Behaviour? { all.first { $0.name == name } }
}

extension [UInt8] {
    /// An HTTP/1.1 answer with the right length.
    static func answer(_ status: String, _ headers: [String] = [], body: String = "") -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }
}
