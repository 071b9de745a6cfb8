import Configuration
import System

/// The URLs at which the platform runs the function. A call goes to the one with the fewest calls under way among those
/// that work. One that fails rests, for longer with each failure, and gets calls only while all rest. Times are passed in.
struct Endpoints {
    private var all: [Endpoint]

    private struct Endpoint {
        let function: RemoteFunction
        var inFlight = 0
        var backoff = Backoff(first: .milliseconds(250), longest: .seconds(30))
        var restEnd: Instant = .distantPast
    }

    /// At least one function.
    init(_ functions: [RemoteFunction]) { all = functions.map { Endpoint(function: $0) } }

    var count: Int { all.count }

    /// Chooses an endpoint and counts a call to it.
    mutating func take(now: Instant) -> (index: Int, function: RemoteFunction) {
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
            // The failures of the calls that were under way together count once.
            all[index].restEnd = now + all[index].backoff.fail()
        }
    }
}
