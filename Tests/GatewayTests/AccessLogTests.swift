import FunctionRuntime
import Gateway
import JSON
import Logging
import System
import TestSupport
import TestThreads
import Testing

/// Tests the lines of requests in the log.
@Suite(.ownThreads) struct AccessLogTests {
    private let pipe: (read: Descriptor, write: Descriptor)

    init() throws { pipe = try Descriptor.pipe() }

    private func log(_ level: Logger.Level = .info) throws -> AccessLog? {
        try AccessLog(Logger(label: "gateway") { JSONLogHandler(label: $0, level: level) }, to: pipe.write)
    }

    private func entry(_ id: Int, key: String? = nil) -> AccessLog.Entry {
        AccessLog.Entry(
            bytes: 12, id: "n\(id)", key: key, method: "POST", milliseconds: 3, route: "/healthz", status: 200)
    }

    /// Reads until the condition holds of the lines.
    private func lines(until isComplete: ([JSON]) -> Bool) throws -> [JSON] {
        var buffer: [UInt8] = []
        var lines: [JSON] = []
        while !isComplete(lines) {
            guard try wait(for: [.read(pipe.read)], atMost: .seconds(60)) == [true],
                case .bytes(let bytes) = try pipe.read.read(upTo: 1 << 16)
            else { throw DidNotHappen(description: "a further line after \(lines.count)") }
            buffer += bytes
            while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                lines.append(try JSON(parsing: Array(buffer[..<end])))
                buffer.removeSubrange(...end)
            }
        }
        return lines
    }

    @Test func `a line is one JSON object, and nothing in it can break it`() throws {
        let log = try #require(try log())
        log.add(entry(1))
        log.add(entry(2, key: "a\n\"\u{2028}\u{202E}b"))
        let lines = try lines { $0.count == 2 }
        #expect(
            lines[0].members.map(\.name) == [
                "time", "level", "from", "message", "bytes", "id", "method", "milliseconds", "route", "status",
            ])
        #expect(lines[0]["level"] == "info" && lines[0]["from"] == "gateway" && lines[0]["message"] == "a request")
        #expect(lines[0]["id"] == "n1" && lines[0]["milliseconds"] == "3" && lines[0]["status"] == "200")
        #expect(lines[1]["key"] == "a\n\"\u{2028}\u{202E}b")
    }

    @Test func `lines keep their order, and the end waits for them`() throws {
        let log = try #require(try log())
        for number in 0..<100 { log.add(entry(number)) }
        log.finish(within: .seconds(60))
        #expect(try lines { $0.count == 100 }.map { $0["id"]?.text ?? "" } == (0..<100).map { "n\($0)" })
    }

    @Test func `a log that nobody reads holds up no request, and what is left out is counted`() throws {
        let log = try #require(try log())
        for number in 0..<20_000 { log.add(entry(number)) }
        let lines = try lines { $0.last?["level"] == "warning" }
        let omitted = lines.last?["count"]?.text.flatMap { Int($0) } ?? 0
        #expect(omitted > 0)
        #expect(lines.count - 1 + omitted == 20_000)
    }

    @Test func `a higher level leaves the lines out`() throws {
        #expect(try log(.warning) == nil)
        #expect(try log(.debug) != nil)
    }
}
