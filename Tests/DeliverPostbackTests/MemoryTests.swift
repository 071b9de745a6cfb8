import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests that the memory of a warm deliverPostback is limited in bytes, however large its requests are.
@Suite(.ownThreads) struct MemoryTests {
    private static let mebibyte = 1 << 10

    /// - Returns: the most memory that the process has had, in KiB, and the answers.
    private func deliver(_ lines: [String], environment: [String: String] = [:]) throws -> (peak: Int, answers: [JSON])
    {
        let settings = ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "POSTBACKS_TIMEOUT": "120"]
        let process = try LineProcess(
            Programs.path("deliverPostback"), ["--stream"],
            environment: Programs.environment(settings.merging(environment) { $1 }))
        let bytes = lines.reduce(into: [UInt8]()) {
            $0 += $1.utf8
            $0.append(UInt8(ascii: "\n"))
        }
        let answers = try process.answers(to: bytes, count: lines.count)
        return (try process.peakMemory(), answers)
    }

    private func line(
        _ id: Int, to url: String, _ type: String = "POST(JSON)", params: String, conversion: String = ""
    ) -> String {
        """
        {"id":\(id),"input":{"deliveryId":\(id),"attempt":1,"event":{"status":"done"},\
        "postback":{"id":\(id),"version":1,"url":"\(url)/","httpType":"\(type)","requestParams":\(params)},\
        "conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}\(conversion)}}}
        """
    }

    @Test func `postbacks of a megabyte are read and not kept`() throws {
        let text = String(repeating: "x", count: 1_000_000)
        let lines = (1...60).map { line($0, to: "http://127.0.0.1:9", params: "{\"a\":\"\(text)\"}") }
        let (peak, answers) = try deliver(lines)
        #expect(answers.allSatisfy { $0.at("output.error.code") == "too_large" })
        #expect(peak < 100 * Self.mebibyte, "\(peak) KiB")
    }

    @Test func `requests that a value makes too large are not made`() throws {
        let receiver = try RunningReceiver { _ in }
        let params = "{\"a\":\"\(String(repeating: "{user_agent}", count: 1035))\"}"
        let agent = String(repeating: "u", count: 8000)
        let lines = (1...64).map {
            line($0, to: receiver.url, params: params, conversion: ",\"userAgent\":\"\(agent)\"")
        }
        let (peak, answers) = try deliver(lines)
        #expect(answers.allSatisfy { $0.at("output.outcome") == "failed" })
        #expect(answers.allSatisfy { $0.at("output.error.code") == "too_large" })
        #expect(peak < 128 * Self.mebibyte, "\(peak) KiB")
    }

    @Test func `no more is in flight than the memory takes, and what waits is sent when there is room`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(4000))) { _ in }
        let params = "{\"a\":[\(Array(repeating: "\"{user_agent}\"", count: 31).joined(separator: ","))]}"
        let agent = String(repeating: "u", count: 8000)
        let lines = (1...450).map {
            line($0, to: receiver.url, params: params, conversion: ",\"userAgent\":\"\(agent)\"")
        }
        let (peak, answers) = try deliver(lines)
        #expect(answers.allSatisfy { $0.at("output.outcome") == "delivered" })
        #expect(answers.allSatisfy { $0.at("output.request.truncated") == true })
        #expect(peak < 256 * Self.mebibyte, "\(peak) KiB")
    }
}

extension LineProcess {
    /// Writes all of it while taking the lines that come, until so many have come.
    fileprivate func answers(to bytes: [UInt8], count: Int) throws -> [JSON] {
        var rest = bytes[...]
        var lines: [[UInt8]] = []
        try waitUntil("\(count) answers", timeoutSeconds: 300) {
            if !rest.isEmpty { rest = rest.dropFirst(try writeSome(rest.prefix(1 << 18))) }
            lines += try takeLines()
            return lines.count >= count
        }
        return try lines.map { try JSON(parsing: $0, depth: JSON.depthLimit + 8) }
    }
}
