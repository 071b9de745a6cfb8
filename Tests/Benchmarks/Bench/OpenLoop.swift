import BenchmarkReport
import Glibc
import JSON
import Postgres
import System
import TestSupport

/// Conversions that are recorded on a schedule that does not wait for answers, while a poller sends what they owe.
struct OpenLoop {
    /// Milliseconds from the scheduled time of each conversion's line to the arrival of its request.
    let sinceLine: [Double]
    /// Milliseconds from recordConversion's answer to the arrival; 0 for a request that arrived before the answer was read.
    let sinceAnswer: [Double]

    /// Records `count` conversions of the offer o1, `perSecond` in a second, after as many seconds of warm-up as
    /// `warmUp` says. `hanging` is another receiver of the world, which does not answer.
    static func run(
        _ world: World, to receiver: CountingReceiver, count: Int, perSecond: Int, warmUp: Double = 1,
        hanging: CountingReceiver? = nil
    ) throws -> OpenLoop {
        let poller = try world.start("postbacks", ["poll"])
        defer { poller.end(SIGTERM) }
        let recorder = try world.start("recordConversion", ["--stream"])
        defer { recorder.end(SIGTERM) }
        // The first conversion starts everything.
        try receiver.reset()
        var watch = Watch(recorder: recorder)
        let prefix = "l\(WallClock.unixMilliseconds)"
        try recorder.write(World.lines(0..<1, prefix: prefix))
        try receiver.waitFor(1, seconds: 60)

        let first = 1 + Int(warmUp * Double(perSecond))
        let interval = Duration.seconds(1) / perSecond
        let begin = Instant.now
        var scheduled: [Int: Instant] = [:]
        for number in 1..<first + count {
            let time = begin + interval * number
            while Instant.now < time { try watch.look(until: time) }
            scheduled[number] = time
            try recorder.write(World.lines(number..<number + 1, prefix: prefix))
        }
        let deadline = Instant.now + .seconds(60)
        while watch.answers.count < first + count, Instant.now < deadline { try watch.look(until: deadline) }
        try receiver.waitFor(first + count, seconds: 60)
        try Drain.waitForEmptiness(world, to: receiver, seconds: 60)
        try Drain.stop([poller], hanging: hanging)
        return try check(watch.answers, scheduled, receiver, world, prefix, first..<first + count)
    }

    private static func check(
        _ answers: [Int: Watch.Answer], _ scheduled: [Int: Instant], _ receiver: CountingReceiver, _ world: World,
        _ prefix: String, _ numbers: Range<Int>
    ) throws -> OpenLoop {
        let seen = try receiver.seen()
        let arrivals = try receiver.arrivals()
        let rows = try world.database.run(
            """
            SELECT count(*) AS count FROM deliveries d JOIN conversions c ON c.id = d.conversion_id
            WHERE d.state = 'delivered' AND c.offer_id = 'o1' AND c.transaction_id LIKE \(prefix + "-%")
            """)
        // Each answer names the delivery that the receiver saw.
        let missing = answers.values.count { arrivals[$0.delivery] == nil }
        try RunLedger(
            expected: numbers.upperBound, requests: seen.requests, different: seen.different,
            delivered: rows.first?.integer("count") ?? -1, owed: missing
        ).check()
        var sinceLine: [Double] = []
        var sinceAnswer: [Double] = []
        for number in numbers {
            guard let answer = answers[number], let arrival = arrivals[answer.delivery], let time = scheduled[number]
            else { throw VoidRun(description: "conversion \(number) was not answered") }
            sinceLine.append((arrival - time).milliseconds)
            sinceAnswer.append(max(0, (arrival - answer.at).milliseconds))
        }
        return OpenLoop(sinceLine: sinceLine, sinceAnswer: sinceAnswer)
    }

    /// Stores when each recording was answered, and the delivery that it owed.
    private struct Watch {
        struct Answer {
            let at: Instant
            let delivery: Int
        }

        let recorder: LineProcess
        private(set) var answers: [Int: Answer] = [:]

        init(recorder: LineProcess) { self.recorder = recorder }

        mutating func look(until time: Instant) throws {
            guard let output = recorder.output else { throw DidNotHappen(description: "recordConversion ended") }
            // A time-out is rounded up to milliseconds, so the last part is waited for without one.
            let remaining = time.remaining
            let isReady = try wait(
                for: [.read(output)], atMost: remaining < .milliseconds(2) ? .zero : remaining - .milliseconds(1))
            guard isReady[0] else { return }
            let now = Instant.now
            for line in try recorder.takeLines() {
                let json = try JSON(parsing: line)
                guard let number = json["id"]?.integer, let id = json.at("output.deliveries.0.id")?.integer
                else { throw DidNotHappen(description: String(decoding: line, as: UTF8.self)) }
                answers[number] = Answer(at: now, delivery: id)
            }
        }
    }
}
