import BenchmarkReport
import Glibc
import System
import TestSupport

/// The receiver written in C (`C/receiver.c`), which keeps the id and the time of each request.
final class CountingReceiver {
    private let process: LineProcess
    let ports: [Int]
    private let scheme: String

    /// `program` is the compiled receiver. With `answers` false it hangs. `tls` has the files of its certificate and key;
    /// nil means plain HTTP.
    init(_ program: String, ports: Int, answers: Bool = true, tls: (certificate: String, key: String)? = nil) throws {
        let arguments = ["\(ports)", answers ? "answer" : "hang"] + (tls.map { [$0.certificate, $0.key] } ?? [])
        process = try LineProcess(program, arguments, environment: [:])
        scheme = tls == nil ? "http" : "https"
        self.ports = try process.readLine(seconds: 10).split(separator: " ").compactMap { Int($0) }
        guard self.ports.count == ports else {
            throw DidNotHappen(description: "the receiver listens on \(self.ports.count) ports")
        }
    }

    var pid: CInt { process.pid }
    var origins: [String] { ports.map { "\(scheme)://127.0.0.1:\($0)" } }

    func end() { process.end(SIGTERM) }

    /// The requests since the last reset.
    struct Seen {
        let requests: Int
        let different: Int
        let first: Instant
        let last: Instant
    }

    func reset() throws {
        guard try ask("reset") == "ok" else { throw DidNotHappen(description: "the receiver forgets its requests") }
    }

    /// Closes all connections, so that whoever waits for an answer waits no longer.
    func dropConnections() throws {
        guard try ask("drop") == "ok" else { throw DidNotHappen(description: "the receiver drops its connections") }
    }

    /// The number of requests since the last reset.
    func total() throws -> Int { Int(try ask("total")) ?? -1 }

    func seen() throws -> Seen {
        let numbers = try ask("count").split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 4 else { throw DidNotHappen(description: "the receiver counts its requests") }
        return Seen(
            requests: numbers[0], different: numbers[1], first: CountingReceiver.instant(numbers[2]),
            last: CountingReceiver.instant(numbers[3]))
    }

    /// When the first request with each id arrived.
    func arrivals() throws -> [Int: Instant] {
        try process.write(Array("times\n".utf8))
        var arrivals: [Int: Instant] = [:]
        let deadline = Instant.now + .seconds(60)
        while Instant.now < deadline, let output = process.output {
            for line in try process.takeLines() {
                let text = String(decoding: line, as: UTF8.self)
                if text == "end" { return arrivals }
                let numbers = text.split(separator: " ").compactMap { Int($0) }
                if numbers.count == 2, arrivals[numbers[0]] == nil {
                    arrivals[numbers[0]] = CountingReceiver.instant(numbers[1])
                }
            }
            _ = try wait(for: [.read(output)], atMost: .milliseconds(100))
        }
        throw DidNotHappen(description: "the receiver lists its requests")
    }

    /// Waits until this number of requests has arrived.
    func waitFor(_ count: Int, seconds limit: Double) throws {
        let start = Instant.now
        while try total() < count {
            guard start.elapsed.seconds < limit else {
                throw VoidRun(description: "\(try total()) of \(count) requests arrived in \(Int(limit)) s")
            }
            _ = try wait(for: [], atMost: .milliseconds(20))
        }
    }

    private func ask(_ command: String) throws -> String {
        try process.write(Array("\(command)\n".utf8))
        return try process.readLine(seconds: 60)
    }

    /// The receiver's clock is the one of `Instant`.
    private static func instant(_ nanoseconds: Int) -> Instant { Instant(sinceStart: .nanoseconds(nanoseconds)) }
}
