import Testing

@testable import Poller

struct DurationsTests {
    @Test func `what is read is at most an eighth too long, from a microsecond to hours`() {
        for microseconds in [1, 2, 7, 8, 9, 100, 999, 1000, 12_345, 20_000_000, 7_200_000_000] as [Int64] {
            var durations = Durations()
            durations.add(.microseconds(microseconds))
            let exact = Double(microseconds) / 1000
            let read = durations.percentile(99) ?? -1
            #expect(read >= exact && read <= exact * 1.125 + 0.001, "\(microseconds) µs read as \(read) ms")
        }
    }

    @Test func `of a hundred the slowest is not in the 99th percentile, of two hundred the second slowest is`() {
        var durations = Durations()
        #expect(durations.percentile(99) == nil)
        for _ in 1...99 { durations.add(.milliseconds(1)) }
        durations.add(.seconds(5))
        #expect(durations.percentile(99) ?? 0 < 2)
        #expect(durations.percentile(100) ?? 0 >= 5000)
        for _ in 1...98 { durations.add(.milliseconds(1)) }
        for _ in 1...2 { durations.add(.seconds(5)) }
        #expect(durations.percentile(99) ?? 0 >= 5000)
    }
}
