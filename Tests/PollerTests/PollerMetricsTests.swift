import JSON
import Postgres
import Receiver
import Store
import TestSupport
import TestThreads
import Testing

@testable import Poller

/// Tests the counters of pollers for Prometheus, and that each heartbeat adds its increments once.
@Suite(.ownThreads) struct PollerMetricsTests {
    private func facts(_ outcome: String, _ code: String? = nil, totalMs: Double? = nil) -> AttemptFacts {
        AttemptFacts(outcome: outcome, errorCode: code, phases: totalMs.map { [(.total, $0)] } ?? [])
    }

    @Test func `a heartbeat has the increments since the last one, and is repeated unchanged until it is stored`() {
        var metrics = PollerMetrics()
        metrics.attempted(facts("retry", "dns"))
        let first = metrics.beat()
        #expect(first.number == 1)
        #expect(
            first.increments == [
                RecordHeartbeat.Increment("attempts_total", labels: #"outcome="retry",error="dns""#, 1)
            ])
        metrics.attempted(facts("retry", "dns"))
        metrics.attempted(facts("retry", "dns"))
        #expect(metrics.beat().number == 1 && metrics.beat().increments == first.increments)
        metrics.beatIsStored()
        let second = metrics.beat()
        #expect(second.number == 2 && second.increments.map(\.value) == [2])
        metrics.beatIsStored()
        #expect(metrics.beat().increments.isEmpty)
    }

    @Test func `a histogram has cumulative buckets with inclusive bounds, the sum and the count`() {
        var histogram = Histogram([0.5, 1, 20])
        for value in [0.5, 0.7, 30] { histogram.add(value) }
        let values = histogram.values("x_seconds", labels: #"phase="tls","#)
        #expect(
            values.map { "\($0.name){\($0.labels)} \($0.value)" } == [
                #"x_seconds_bucket{phase="tls",le="0.5"} 1.0"#, #"x_seconds_bucket{phase="tls",le="1"} 2.0"#,
                #"x_seconds_bucket{phase="tls",le="20"} 2.0"#, #"x_seconds_bucket{phase="tls",le="+Inf"} 3.0"#,
                #"x_seconds_sum{phase="tls"} 31.2"#, #"x_seconds_count{phase="tls"} 3.0"#,
            ])
    }

    @Test func `a heartbeat that is stored twice counts once, and those of two pollers add up`() throws {
        let installation = try Installation.make()
        let connection = try installation.database.connect()
        func beat(_ poller: Int, _ number: Int, _ value: Double) throws {
            try connection.run(
                RecordHeartbeat(
                    "00000000-0000-0000-0000-00000000000\(poller)", host: "one", version: "1", uptime: .seconds(1),
                    problem: nil, counts: PollerCounts(), number: number,
                    increments: [RecordHeartbeat.Increment("attempts_total", labels: "", value)]))
        }
        for (poller, number, value) in [(1, 1, 2.0), (1, 1, 2.0), (2, 1, 3.0), (1, 2, 5.0), (1, 1, 2.0)] {
            try beat(poller, number, value)
        }
        #expect(try installation.value("SELECT value::text AS value FROM counters") == "10")
    }

    @Test func `the counters of running pollers agree with the attempts, when they have ended too`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(statuses: [503, 200]))
        let installation = try Installation.sending(to: receiver.url)
        try installation.record(["t", "u", "v"])
        try installation.withPoller(["POSTBACKS_RETRY_SCHEDULE": "0.1"]) { _ in
            try waitUntil("all are finished") { try installation.count("deliveries") == 3 }
        }
        func counter(_ name: String, _ labels: String) throws -> String? {
            try installation.value(
                "SELECT value::text AS value FROM counters WHERE name = \(name) AND labels = \(labels)")
        }
        #expect(try counter("attempts_total", #"outcome="retry",error="http_status""#) == "3")
        #expect(try counter("attempts_total", #"outcome="delivered",error="""#) == "3")
        #expect(try counter("deliveries_finished_total", #"outcome="delivered""#) == "3")
        #expect(try counter("attempt_duration_seconds_count", #"phase="total""#) == "6")
        #expect(try counter("attempt_duration_seconds_bucket", #"phase="total",le="+Inf""#) == "6")
        #expect(try counter("delivery_first_attempt_seconds_count", "") == "3")
        #expect(try counter("delivery_completion_seconds_count", "") == "3")
    }
}
