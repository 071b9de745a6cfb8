import Gateway
import System
import TestSupport
import TestThreads
import Testing

/// Tests that a function whose executable is replaced takes over from the one that runs. The functions are shell scripts
/// that speak the protocol.
@Suite(.ownThreads) struct ReplacedFunctionTests: ShellFunctions {
    /// Answers a line with its own input.
    private static let echo = #"sed -u 's/^{"id":\([0-9]*\),"input":\(.*\)}$/{"id":\1,"output":\2}/'"#

    let folder: TemporaryFolder
    let metrics = GatewayMetrics()

    init() throws {
        // The gateway does so too: a function may close its input at any time.
        Signals.ignorePipe()
        folder = try TemporaryFolder()
    }

    /// Answers each line with its version, and notes the call and the process's end.
    private func versioned(_ version: Int) -> String {
        let answer = #"s/^{"id":\([0-9]*\),.*/{"id":\1,"output":{"v":\#(version)}}/"#
        return """
            trap 'echo \(version) >> \(folder.path)/ends' EXIT
            while read -r line; do
                echo "$line" >> \(folder.path)/calls; sleep 0.01; echo "$line" | sed '\(answer)'
            done
            """
    }

    private func replace(_ program: FunctionProgram, by script: String, mode: UInt32 = 0o755) throws {
        try FileSystem.write("#!/bin/sh\n\(script)\n", to: "\(program.path).new", mode: mode)
        try FileSystem.rename("\(program.path).new", to: program.path)
    }

    private func lines(_ name: String) throws -> [String] {
        guard FileSystem.kind(of: "\(folder.path)/\(name)") != nil else { return [] }
        let bytes = try FileSystem.read("\(folder.path)/\(name)")
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `a program that is replaced under load takes over; nothing is lost, and nothing is done twice`()
        async throws
    {
        let program = try program("versioned", versioned(1)) { $0.processes = 2 }
        let pool = try pool(program)
        let callers = 8
        let versions = 4
        let answers = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var answers: [String] = []
                    // Each caller goes on until it has seen the last version.
                    while answers.last != "{\"v\":\(versions)}", answers.count < 5000 {
                        answers.append(await call(pool, "versioned"))
                    }
                    return answers
                }
            }
            for version in 2...versions {
                let before = try lines("calls").count
                while try lines("calls").count < before + 50 { try await Task.sleep(for: .milliseconds(5)) }
                try replace(program, by: versioned(version))
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers.allSatisfy { $0.hasPrefix("{\"v\":") }, "\(answers.filter { !$0.hasPrefix("{\"v\":") })")
        #expect(Set(answers).isSuperset(of: ["{\"v\":1}", "{\"v\":\(versions)}"]))
        #expect(try lines("calls").count == answers.count)
        // The former processes end by themselves as soon as they have answered.
        try waitUntil("the former ones end") { try lines("ends").contains("\(versions - 1)") }
        await pool.close()
        #expect(!metrics.text(waiting: [:], gauges: nil).contains("function_restarts_total{"))
    }

    @Test func `a call that the former program has in hand is answered by it, later than a close would wait`()
        async throws
    {
        let slow = """
            read -r l; touch \(folder.path)/begun; while [ ! -e \(folder.path)/go ]; do sleep 0.02; done
            echo "$l" | \(Self.echo)
            """
        // The second call waits for a process that has nothing in hand.
        let program = try program("slow", slow) {
            $0.endTime = .milliseconds(100)
            $0.linesInHand = 1
        }
        let pool = try pool(program)
        async let first = call(pool, "slow")
        while FileSystem.kind(of: "\(folder.path)/begun") == nil { try await Task.sleep(for: .milliseconds(5)) }
        try replace(program, by: versioned(2))
        #expect(await call(pool, "slow") == #"{"v":2}"#)
        try await Task.sleep(for: .milliseconds(300))
        try FileSystem.write("", to: "\(folder.path)/go")
        #expect(await first == #"{"n":1}"#)
        await pool.close()
    }

    @Test func `a replacement that does not start takes nothing over`() async throws {
        let program = try program("versioned", versioned(1))
        let pool = try pool(program)
        #expect(await call(pool, "versioned") == #"{"v":1}"#)
        try replace(program, by: versioned(2), mode: 0o644)
        while !restarts("not_started") { #expect(await call(pool, "versioned") == #"{"v":1}"#) }
        #expect(await call(pool, "versioned") == #"{"v":1}"#)
        try FileSystem.setMode(0o755, of: program.path)
        while await call(pool, "versioned") != #"{"v":2}"# { try await Task.sleep(for: .milliseconds(20)) }
        await pool.close()
    }
}
