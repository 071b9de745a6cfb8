import Foundation
import TestSupport

/// The random choices of one fault. A seed repeats them.
final class Chance {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Waits for a random time between two limits, in seconds.
    func pause(between shortest: Double, and longest: Double) {
        Thread.sleep(forTimeInterval: Double.random(in: shortest...longest, using: &random))
    }
}
