import Domain
import Input
import Testing

@Suite struct RetryScheduleTests {
    private static func waits(_ seconds: [Double?]) -> [Duration?] { seconds.map { $0.map { .seconds($0) } } }

    @Test func `R12: eight attempts over a day`() {
        let schedule = RetrySchedule.standard
        #expect(schedule.attempts == 8)
        #expect(
            (1...8).map { schedule.wait(afterAttempt: $0, jitter: 0) }
                == Self.waits([30, 120, 600, 1800, 7200, 21600, 54000, nil]))
        #expect(
            (1...7).map { schedule.wait(afterAttempt: $0, jitter: 1) }
                == Self.waits([36, 144, 720, 2160, 8640, 25920, 64800]))
        #expect(schedule.wait(afterAttempt: 0, jitter: 0) == nil)
        #expect(schedule.wait(afterAttempt: 1, jitter: 7) == .seconds(36))
    }

    @Test func `R12: Retry-After lengthens a wait and never shortens it`() {
        #expect(RetrySchedule.standard.wait(afterAttempt: 1, jitter: 0, retryAfter: .seconds(90)) == .seconds(90))
        #expect(RetrySchedule.standard.wait(afterAttempt: 1, jitter: 0, retryAfter: .seconds(5)) == .seconds(30))
        #expect(RetrySchedule.standard.wait(afterAttempt: 8, jitter: 0, retryAfter: .seconds(5)) == nil)
    }

    @Test func `a schedule is read from seconds`() throws {
        let schedule = try RetrySchedule(parsing: "0.25, 2,0")
        #expect((1...4).map { schedule.wait(afterAttempt: $0, jitter: 0) } == Self.waits([0.25, 2, 0, nil]))
        #expect(try RetrySchedule(parsing: "").attempts == 1)
        #expect(try RetrySchedule(parsing: "30,120,600,1800,7200,21600,54000") == .standard)
    }

    @Test(arguments: ["a", "1,", ",1", "-1", "1,,2", "NaN", "inf", "2592001", "1 2", "+1"])
    func `nonsense in it is refused`(text: String) {
        #expect(throws: Invalid.self) { try RetrySchedule(parsing: text) }
    }
}
