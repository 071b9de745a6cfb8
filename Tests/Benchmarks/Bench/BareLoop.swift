import BenchmarkReport
import System
import TestSupport

/// The bare curl_multi loop in C (`C/loop.c`): the limit of what one thread can send with libcurl.
struct BareLoop {
    let program: String

    /// The kind of request that it sends.
    struct Kind {
        var scheme = "http"
        /// A file with the body; nil for a GET request.
        var body: String?
        /// `user:password` of basic authentication.
        var user: String?
        /// The file of the trusted authority.
        var authority: String?
    }

    struct Result {
        /// Answers a second.
        let rate: Double
        /// Microseconds for each request.
        let cpu: Double
        /// The 50th and 99th percentile of the time of a request, in milliseconds.
        let p50: Double
        let p99: Double
    }

    /// Sends `count` requests to the receiver's ports in turn. A run in which the receiver saw other requests is void.
    func run(_ count: Int, inFlight: Int, to receiver: CountingReceiver, _ kind: Kind = Kind()) throws -> Result {
        try receiver.reset()
        let outcome = try ChildProcess.run(
            program,
            ["\(count)", "\(inFlight)", kind.scheme, kind.body ?? "-", kind.user ?? "-", kind.authority ?? "-"]
                + receiver.ports.map(String.init), timeout: .seconds(300))
        let numbers = outcome.text.split { $0.isWhitespace }.compactMap { Double($0) }
        guard outcome.status == .exited(0), numbers.count == 4 else {
            throw DidNotHappen(description: "the bare loop runs: \(outcome.text)\(outcome.errorText)")
        }
        let seen = try receiver.seen()
        try RunLedger(
            expected: count, requests: seen.requests, different: seen.different, delivered: count, owed: 0
        ).check()
        return Result(
            rate: Double(count) / numbers[0], cpu: numbers[1], p50: numbers[2] / 1000, p99: numbers[3] / 1000)
    }
}
