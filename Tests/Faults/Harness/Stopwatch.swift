import FaultLedger
import POSIX
import TestSupport

/// When it was calm and when the fault was in force, and what that did to the time from an answer to the arrival.
final class Stopwatch {
    private var calm: [ClosedRange<Int64>] = []
    private var faulty: [ClosedRange<Int64>] = []

    enum Phase { case calm, faulty }

    /// Counts what is answered while the body runs.
    func during<Value>(_ phase: Phase, _ body: () throws -> Value) rethrows -> Value {
        let start = Clock.unixMilliseconds
        defer { note(phase, from: start) }
        return try body()
    }

    func note(_ phase: Phase, from start: Int64) {
        let range = start...max(start, Clock.unixMilliseconds)
        if phase == .calm { calm.append(range) } else { faulty.append(range) }
    }

    var hasFaulty: Bool { !faulty.isEmpty }

    struct Latencies {
        /// Milliseconds; nil when too little was measured.
        let calm: Double?
        let faulty: Double?
    }

    /// The p99 over the deliveries of healthy flows.
    func latencies(of answers: [Account.Answer], _ sightings: [Sighting]) -> Latencies {
        var arrivals: [Int: Int64] = [:]
        for sighting in sightings {
            arrivals[sighting.delivery] = min(arrivals[sighting.delivery] ?? .max, sighting.at)
        }
        func p99(_ ranges: [ClosedRange<Int64>]) -> Double? {
            var times: [Double] = []
            for answer in answers where ranges.contains(where: { $0.contains(answer.at) }) {
                for delivery in answer.deliveries {
                    guard let arrival = arrivals[delivery] else { continue }
                    times.append(Double(max(0, arrival - answer.at)))
                }
            }
            return times.count < 50 ? nil : times.percentile(99)
        }
        return Latencies(calm: p99(calm), faulty: p99(faulty))
    }
}
