import System

/// Random numbers that a seed reproduces (SplitMix64).
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The seed of `POSTBACKS_TEST_SEED`, to reproduce a failure; otherwise a random one.
    package static let seed: UInt64 =
        ProcessEnvironment["POSTBACKS_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 32)

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Returns true with a probability of `percent` percent.
    package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }
}

extension String {
    /// The text in printable ASCII with escapes. It distinguishes texts that Swift treats as equal, such as the two
    /// forms of an accented letter.
    package var exact: String {
        unicodeScalars.map {
            $0.value >= 0x20 && $0.value < 0x7F && $0 != "\\" ? String($0) : "\\u{\(String($0.value, radix: 16))}"
        }
        .joined()
    }
}
