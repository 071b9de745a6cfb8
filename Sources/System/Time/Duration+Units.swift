extension Duration {
    /// The duration in seconds, with a fraction.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The duration in milliseconds, with a fraction.
    package var milliseconds: Double { seconds * 1000 }

    /// The seconds without their fraction.
    package var wholeSeconds: Int { Int(clamping: components.seconds) }

    /// The milliseconds without their fraction.
    package var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
        return isTooLong ? (seconds < 0 ? .min : .max) : Int(product) + Int(attoseconds / 1_000_000_000_000_000)
    }

    /// The milliseconds, rounded up, so that a wait of this length does not end too early.
    package var millisecondsRoundedUp: Int {
        let whole = wholeMilliseconds
        return .milliseconds(whole) < self && whole < .max ? whole + 1 : whole
    }
}
