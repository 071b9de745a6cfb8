import Glibc
import JSON
import System
import TestSupport
import Testing

/// A warm deliverPostback that is called line by line.
final class WarmDelivery {
    private let process: LineProcess
    private var lines: ArraySlice<[UInt8]> = []

    init(_ environment: [String: String], program: String = Programs.path("deliverPostback")) throws {
        process = try LineProcess(
            program, ["--stream"], environment: Programs.environment(environment), errorOutput: .null)
    }

    /// Sends one delivery and compares its result with the expected one.
    @discardableResult
    func send(_ delivery: TestDelivery) throws -> JSON {
        try start([delivery])
        let answer = try next()
        delivery.check(answer)
        return answer["output"] ?? .null
    }

    /// Hands over deliveries; their answers come in any order.
    func start(_ deliveries: [TestDelivery]) throws {
        var bytes = Array(deliveries.map { "\($0.line)\n" }.joined().utf8)[...]
        while !bytes.isEmpty {
            let count = try process.writeSome(bytes)
            bytes = bytes.dropFirst(count)
            // It reads again when its answers are taken.
            lines += try process.takeLines()
            if count == 0 { _ = try wait(for: [], atMost: .milliseconds(1)) }
        }
    }

    /// The next answer that comes.
    func next() throws -> JSON {
        try waitUntil("an answer") {
            if lines.isEmpty { lines += try process.takeLines() }
            return !lines.isEmpty
        }
        let line = lines.removeFirst()
        // Whoever looks at it on a terminal sees text, whatever a receiver has answered.
        let text = try #require(String(validating: line, as: UTF8.self))
        let control = text.unicodeScalars.first { $0.properties.generalCategory == .control }
        #expect(control == nil, "\(text.debugDescription.prefix(1000))")
        return try JSON(parsing: line, depth: JSON.depthLimit + 8)
    }

    /// The maximum of its memory so far, in KiB.
    func peakMemory() throws -> Int { try process.peakMemory() }
}
