import Configuration
import System

/// The URLs at which the platform runs the function. A call goes to the working URL with the fewest calls under way. A
/// URL that fails is not used for a while, which grows with each failure; it gets calls only while no other works.
/// Times are passed in.
struct Endpoints {
    private var all: [Endpoint]

    private struct Endpoint {
        let function: RemoteFunction
        var inFlight = 0
        var backoff = Backoff(first: .milliseconds(250), longest: .seconds(30))
        var restEnd: Instant = .distantPast
    }

    /// The URLs, at least one.
    init(_ functions: [RemoteFunction]) { all = functions.map { Endpoint(function: $0) } }

    var count: Int { all.count }

    /// Chooses an endpoint and counts a call to it.
    mutating func choose(now: Instant) -> (index: Int, function: RemoteFunction) {
        let index =
            all.indices.min { one, other in
                let (one, other) = (all[one], all[other])
                let (isResting, isOtherResting) = (one.restEnd > now, other.restEnd > now)
                if isResting != isOtherResting { return !isResting }
                if isResting, one.restEnd != other.restEnd { return one.restEnd < other.restEnd }
                return one.inFlight < other.inFlight
            } ?? 0
        all[index].inFlight += 1
        return (index, all[index].function)
    }

    mutating func ended(_ index: Int, isFailure: Bool, now: Instant) {
        all[index].inFlight -= 1
        if !isFailure {
            all[index].backoff.succeed()
            all[index].restEnd = .distantPast
        } else if all[index].restEnd <= now {
            // Failures of calls that were under way at the same time are counted once.
            all[index].restEnd = now + all[index].backoff.fail()
        }
    }
}
