import BenchmarkReport
import Testing

/// Tests medians, spreads and how numbers are shown.
struct MeasureTests {
    @Test(
        arguments: [
            ([3], 3), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5), ([10, 10, 1, 10], 10),
        ] as [([Double], Double)])
    func `the median is the middle value, or the mean of the two in the middle`(values: [Double], median: Double) {
        #expect(Measure(values, .perSecond).median == median)
    }

    @Test func `the spread is the distance of the extremes as a share of the median`() {
        #expect(Measure([90, 110, 100], .perSecond).spread == 0.2)
        #expect(Measure([100], .perSecond).spread == nil)
        #expect(Measure([0, 0], .perSecond).spread == nil)
    }

    @Test func `the median of no values is not a number`() {
        let nothing = Measure([], .milliseconds)
        #expect(nothing.median.isNaN)
        #expect(nothing.spread == nil)
        #expect(nothing.text == "– ms")
    }

    @Test(
        arguments: [
            (9153.4, Unit.perSecond, "9,153/s"), (1_234_567, .bytes, "1,234,567 B"), (2.449, .milliseconds, "2.4 ms"),
            (0.05, .milliseconds, "0.1 ms"), (999.96, .microseconds, "1,000.0 µs"), (12, .mebibytes, "12.0 MiB"),
            (-3.25, .milliseconds, "-3.3 ms"),
        ] as [(Double, Unit, String)])
    func `a value has its unit, its decimals and commas`(value: Double, unit: Unit, text: String) {
        #expect(unit.text(value) == text)
    }
}
