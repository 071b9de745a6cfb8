import ArgumentParser
import Glibc
import JSON
import Receiver
import System

struct Receive: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a small receiver on 127.0.0.1 that prints the requests that it gets, for experiments.",
        usage: "postbacks receive [--port PORT] [--status STATUSES] [OPTIONS]",
        discussion: "deliverPostback connects to 127.0.0.1 only if POSTBACKS_ALLOW_CIDRS=127.0.0.0/8 is set.")

    @Option(help: "The port; 0 lets the system choose one, which the first line shows.")
    var port: UInt16 = 0

    @Option(
        help: "The statuses of the answers to the same delivery, one after another; the last repeats. E.g. 500,500,200."
    )
    var status = "200"

    @Option(help: "Milliseconds before each answer.")
    var delay = 0

    @Option(help: "The number of requests in a second that are answered normally; more get 429.")
    var limit: Int?

    @Option(help: "The value of Retry-After in each answer.")
    var retryAfter: String?

    @Option(help: "The body of each answer.")
    var body = "ok\n"

    @Flag(help: "Send the answer at one byte per second.")
    var drip = false

    @Flag(help: "Print each request as one line of JSON.")
    var json = false

    @Flag(help: "Print only the port.")
    var quiet = false

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor.ofEnd()
            let receiver = try open(try behaviour())
            Terminal.print(json ? "{\"port\":\(receiver.port)}" : "listening on http://127.0.0.1:\(receiver.port)")
            if !quiet {
                let json = json
                receiver.onRequest = { request in
                    Terminal.print(json ? request.json.encodedText : request.display, unless: signals.descriptor)
                }
            }
            while try signals.readPending().isEmpty {
                try Terminal.checkOutput()
                try receiver.turn(atMost: .milliseconds(200))
            }
        }
    }

    private func open(_ behaviour: ReceiverBehaviour) throws -> Receiver {
        do throws(SystemError) {
            return try Receiver(port: port, behaviour: behaviour)
        } catch {
            let isTaken =
                error.code == EADDRINUSE ? "; another program uses it: give another port, or 0 for any free one" : ""
            guard error.call.hasPrefix("bind") else { throw error }
            throw FileFailure(.cannotCreate, "port \(port) cannot be listened on: \(error.reason)\(isTaken)")
        }
    }

    private func behaviour() throws -> ReceiverBehaviour {
        let statuses = status.split(separator: ",").map { Int($0) }
        guard !statuses.isEmpty, statuses.allSatisfy({ $0.map((100...999).contains) ?? false }) else {
            throw ValidationError("--status takes statuses separated by commas, such as 500,500,200; not \(status)")
        }
        return ReceiverBehaviour(
            statuses: statuses.compactMap { $0 }, perSecond: limit, manner: drip ? .drip : .answer,
            delay: .milliseconds(delay),
            retryAfter: retryAfter, body: body)
    }
}

extension ReceivedRequest {
    /// The request as text for a terminal.
    var display: String {
        let head = ["\(method) \(target)"] + headers.map { "  \($0.name): \($0.value)" }
        let lines = body.isEmpty ? head : head + ["", "  \(text)"]
        return Terminal.safe(lines.joined(separator: "\n")) + "\n"
    }

    var json: JSON {
        [
            "method": .string(method), "target": .string(target),
            "headers": .array(headers.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "body": .string(text),
        ]
    }
}
