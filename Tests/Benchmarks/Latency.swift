import Glibc
import JSON
import Postgres
import System
import TestSupport

/// The time from recordConversion's answer to the arrival of the request, at a hundred conversions a second.
func measureLatency(_ workbench: Workbench, _ size: Size, _ table: inout Table) throws {
    let count = size.conversions / 20
    say("latency: \(count) conversions")
    try workbench.clear()
    let receiver = try workbench.start("postbacks", ["receive", "--json"])
    defer { receiver.end(SIGTERM) }
    guard case .number(let port)? = try JSON(parsing: Array(receiver.readLine(seconds: 10).utf8))["port"] else {
        throw DidNotHappen(description: "the receiver did not say where it listens")
    }
    let url = "http://127.0.0.1:\(port)/postback?cid={click_id}"
    _ = try workbench.database.run("UPDATE destinations SET origin = \("http://127.0.0.1:\(port)")")
    let before = try workbench.database.run("SELECT url FROM postbacks").first?.text("url")
    _ = try workbench.database.run("UPDATE postbacks SET url = \(url)")
    defer { _ = try? workbench.database.run("UPDATE postbacks SET url = \(before)") }

    let poller = try workbench.start("postbacks", ["poll"])
    defer { poller.end(SIGTERM) }
    let recorder = try workbench.start("recordConversion", ["--stream"])
    defer { recorder.end(SIGTERM) }
    var watch = Watch(recorder: recorder, receiver: receiver)
    // The first requests start everything; they are not counted.
    let warmUp = 20
    for number in 0..<count + warmUp {
        if number == warmUp {
            try watch.waitFor(warmUp)
            watch.forget()
        }
        try recorder.write(Workbench.lines(number..<number + 1, prefix: "l"))
        let next = Instant.now + .milliseconds(10)
        while Instant.now < next { try watch.look(until: next) }
    }
    try watch.waitFor(count)
    table.add(
        "answer to arrival at 100/s, p50", ours: "\(format(watch.latencies.median, 1)) ms", aim: "< 5 ms")
    table.add(
        "answer to arrival at 100/s, p99", ours: "\(format(watch.latencies.percentile(99), 1)) ms", aim: "< 50 ms")
    try waitUntilDrained(workbench, seconds: 10)
}

/// Stores for each delivery when the recording was answered and when the request arrived.
private struct Watch {
    let recorder: LineProcess
    let receiver: LineProcess
    private var answered: [String: Instant] = [:]
    private var arrived: [String: Instant] = [:]

    init(recorder: LineProcess, receiver: LineProcess) {
        self.recorder = recorder
        self.receiver = receiver
    }

    /// The time in milliseconds; 0 for a request that arrived before the answer was read.
    var latencies: [Double] {
        answered.compactMap { id, time in arrived[id].map { max(0, ($0 - time).milliseconds) } }
    }

    mutating func waitFor(_ count: Int) throws {
        let deadline = Instant.now + .seconds(60)
        while latencies.count < count, Instant.now < deadline { try look(until: deadline) }
        guard latencies.count == count else {
            throw DidNotHappen(description: "\(latencies.count) of \(count) requests arrived")
        }
    }

    mutating func forget() {
        answered = [:]
        arrived = [:]
    }

    mutating func look(until time: Instant) throws {
        guard let answers = recorder.output, let requests = receiver.output else {
            throw DidNotHappen(description: "a program ended")
        }
        let ready = try wait(for: [.read(answers), .read(requests)], atMost: time.remaining)
        let now = Instant.now
        if ready[0] {
            for line in try recorder.takeLines() {
                guard case .array(let deliveries)? = try JSON(parsing: line)["output"]?["deliveries"],
                    case .number(let id)? = deliveries.first?["id"]
                else { throw DidNotHappen(description: String(decoding: line, as: UTF8.self)) }
                answered[id] = now
            }
        }
        if ready[1] {
            for line in try receiver.takeLines() {
                guard case .array(let headers)? = try JSON(parsing: line)["headers"],
                    let id = headers.first(where: { $0["name"] == "Postback-Delivery-Id" })?["value"]?.text
                else { throw DidNotHappen(description: String(decoding: line, as: UTF8.self)) }
                arrived[id] = now
            }
        }
    }
}
