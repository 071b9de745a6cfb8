import Egress
import HTTP

extension HTTPClient {
    /// A client that may dial this machine, with the product's time-outs raised so that a slow machine fails no test.
    static func make(
        allowing list: String = "127.0.0.0/8,::1",
        limits: HTTPLimits = HTTPLimits(connect: .milliseconds(60_000), total: .milliseconds(60_000)),
        trusting authorities: String? = nil
    ) throws -> HTTPClient {
        try HTTPClient(egress: EgressRules(allowing: list), limits: limits, trusting: authorities)
    }

    /// Sends one request and waits for its end.
    func send(_ request: HTTPRequest) -> HTTPCompletion {
        start(request, id: 7)
        while true {
            if let completion = turn(atMost: .milliseconds(1_000)).completions.first { return completion }
        }
    }

    /// Calls `turn` until nothing is in flight.
    func finish() -> [HTTPCompletion] {
        var completions: [HTTPCompletion] = []
        while inFlight > 0 { completions += turn(atMost: .milliseconds(1_000)).completions }
        return completions
    }
}

extension HTTPCompletion {
    var response: HTTPResponse? { try? result.get() }

    var failure: HTTPFailure? {
        guard case .failure(let failure) = result else { return nil }
        return failure
    }
}
