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
        /// In each turn of calm and fault.
        var turns = ""
        /// The slowest of all while a fault was in force, the slowest first.
        var slowest: [Int] = []
    }

    private struct Measured {
        let delivery: Int
        /// Milliseconds since 1970.
        let answeredAt: Int64
        let milliseconds: Double
    }

    /// The p99 over the deliveries of healthy flows.
    func latencies(of answers: [Account.Answer], _ sightings: [Sighting]) -> Latencies {
        var arrivals: [Int: Int64] = [:]
        for sighting in sightings {
            arrivals[sighting.delivery] = min(arrivals[sighting.delivery] ?? .max, sighting.at)
        }
        func measured(_ ranges: [ClosedRange<Int64>]) -> [Measured] {
            answers.filter { answer in ranges.contains { $0.contains(answer.at) } }.flatMap { answer in
                answer.deliveries.compactMap { delivery in
                    arrivals[delivery].map {
                        Measured(
                            delivery: delivery, answeredAt: answer.at, milliseconds: Double(max(0, $0 - answer.at)))
                    }
                }
            }
        }
        let turns = (calm + faulty).sorted { $0.lowerBound < $1.lowerBound }.map { range in
            let phase = calm.contains(range) ? "calm" : "faulty"
            let all = measured([range])
            guard let p99 = p99(all) else { return "\(phase) –" }
            let seconds = all.filter { $0.milliseconds >= p99 }.map {
                Double($0.answeredAt - range.lowerBound) / 1000
            }
            // Whether they were late together tells a pause of everything from many slow ones.
            let place = "the slowest from \(format(seconds.min() ?? 0, 1)) to \(format(seconds.max() ?? 0, 1)) s"
            return "\(phase) \(format(p99)) (\(place))"
        }
        let late = measured(faulty)
        return Latencies(
            calm: p99(measured(calm)), faulty: p99(late), turns: turns.joined(separator: ", "),
            slowest: late.sorted { $0.milliseconds > $1.milliseconds }.map(\.delivery))
    }

    private func p99(_ measured: [Measured]) -> Double? {
        measured.count < 50 ? nil : measured.map(\.milliseconds).percentile(99)
    }
}
