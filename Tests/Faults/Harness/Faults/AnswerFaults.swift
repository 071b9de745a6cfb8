import HostileReceiver

extension Fault {
    static let answerFaults: [Fault] = [
        answers("no-answer", "no answer, or one that stops in the middle") { $0.isSilent },
        answers(
            "one-byte-a-second", "answers that come one byte a second", named: "one-byte-a-second",
            "one-byte-of-body-a-second"),
        answers(
            "endless-body", "bodies without end", named: "endless-body", "endless-body-of-error", "endless-chunks"),
        answers(
            "endless-head", "status lines, headers, informational answers, chunk extensions and trailers without end",
            named: "endless-status-line", "endless-header-line", "endless-headers", "endless-information",
            "endless-chunk-extension", "endless-trailers"),
        answers("megabyte-header", "a header of 1 MiB", named: "megabyte-header"),
        answers(
            "ten-thousand-headers", "10,000 headers, long and short, and 900", named: "ten-thousand-headers",
            "ten-thousand-short-headers", "nine-hundred-headers"),
        answers("content-length", "lengths that are wrong, double, or no numbers") { $0.name.hasPrefix("length-") },
        answers("chunks", "garbage as chunks") { $0.name.hasPrefix("chunk-") },
        answers("not-http", "other protocols and versions") { Behaviour.versions.map(\.name).contains($0.name) },
        answers("no-status", "statuses that are none: 000, 099, 600, 999, 1000 …") {
            Behaviour.statuses.map(\.name).contains($0.name) && $0.expected == .retry(.protocol)
        },
        answers(
            "early-hints", "103 before, and instead of, an answer; 100 a thousand times", named: "hints-then-answer",
            "hints-alone", "hints-then-silence", "thousand-continues"),
        answers("busy", "404, 408, 409, 425, 429 and 5xx") {
            $0.name.hasPrefix("status-") && $0.expected.outcome == .retry && $0.expected.status != nil
        },
        answers("refusals", "4xx that are final") {
            // 410 pauses the postback until it is resumed.
            $0.name.hasPrefix("status-") && $0.expected.outcome == .failed && $0.expected.status != 410
        },
        answers("gzip-bomb", "64 KiB that would become 64 MiB", named: "gzip-bomb"),
        answers("redirects", "redirects of every kind: to metadata, file:, gopher:, with credentials, in a loop") {
            Behaviour.redirects.map(\.name).contains($0.name)
        },
        answers("early-413", "413 before the request is whole", named: "early-413", "early-413-and-reset"),
        answers("strange-bytes", "control characters, bidi, NUL and what is no UTF-8, everywhere") {
            Behaviour.strangeBytes.map(\.name).contains($0.name)
        },
        // Waits that a receiver may request last for hours, longer than the fault.
        answers("retry-after", "Retry-After of 0, -1, 1e300, NaN, a past date, two of them …") {
            Behaviour.retryAfter.map(\.name).contains($0.name) && $0.expected.wait == nil
        },
    ]

    private static func answers(
        _ name: String, _ injects: String, _ isMeant: (Behaviour) -> Bool
    ) -> Fault {
        hostile(name, .answers, injects: injects, Behaviour.all.filter(isMeant))
    }

    private static func answers(_ name: String, _ injects: String, named names: String...) -> Fault {
        hostile(name, .answers, injects: injects, names.compactMap(Behaviour.named))
    }
}

extension Behaviour {
    fileprivate var isSilent: Bool {
        expected == .retry(.timeout) && Behaviour.pauses.map(\.name).contains(name) && !name.hasPrefix("one-")
            || name.hasSuffix("-and-open")
    }
}
