import FaultLedger
import System
import TestSupport

/// Records when it was calm and when the fault lasted, and measures the time from an answer of the recorder to the
/// arrival of the request in both phases.
final class Stopwatch {
    private var calm: [ClosedRange<Int64>] = []
    private var faulty: [ClosedRange<Int64>] = []

    enum Phase { case calm, faulty }

    /// Counts the answers that are given while the closure runs.
    func during<Value>(_ phase: Phase, _ body: () throws -> Value) rethrows -> Value {
        let start = WallClock.unixMilliseconds
        defer { note(phase, from: start) }
        return try body()
    }

    func note(_ phase: Phase, from start: Int64) {
        let range = start...max(start, WallClock.unixMilliseconds)
        if phase == .calm { calm.append(range) } else { faulty.append(range) }
    }

    var hasFaulty: Bool { !faulty.isEmpty }

    struct Latencies {
        /// The p99 in milliseconds; nil if too little was measured.
        let calm: Double?
        let faulty: Double?
        /// The p99 of each calm and each faulty period, as text.
        var turns = ""
        /// The ids of the deliveries during the faults, the slowest first.
        var slowest: [Int] = []
    }

    private struct Measured {
        let delivery: Int
        /// When the recorder answered, in milliseconds since 1970.
        let answeredAt: Int64
        let milliseconds: Double
    }

    /// The p99 of the deliveries of healthy flows in both phases.
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
            // Slow deliveries that are close together show a pause of everything; otherwise many single ones were slow.
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
