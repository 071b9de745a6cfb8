import System
import Testing

@testable import Poller

/// Tests when a lasting fault is reported. The clock of the test counts in seconds.
struct TroubleTests {
    private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(7 + seconds)) }

    @Test func `a fault is reported when it begins, every minute, and at its end with its length`() {
        var trouble = Trouble()
        let before = trouble.ends(at: at(0))
        let times: [Double] = [0, 0.1, 30, 59.9, 60, 61, 119.9, 121, 180, 181]
        let news = times.map { trouble.occurs(at: at($0)) }
        let expected: [Trouble.Report?] = [
            .begins, nil, nil, nil, .lasts(seconds: 60), nil, nil, .lasts(seconds: 121), nil, .lasts(seconds: 181),
        ]
        #expect(news == expected)
        let ends = [184.6, 185].map { trouble.ends(at: at($0)) }
        #expect(before == nil && ends == [185, nil])
        let again = trouble.occurs(at: at(186))
        #expect(again == .begins)
    }
}
