import Gateway
import JSON
import Synchronization
import System
import TestSupport
import TestThreads
import Testing

/// Tests the warm processes with functions that behave badly: shell scripts that follow the protocol, or violate it.
@Suite(.ownThreads) struct FunctionPoolTests: ShellFunctions {
    /// Answers each line with its own input.
    private static let echo = #"exec sed -u 's/^{"id":\([0-9]*\),"input":\(.*\)}$/{"id":\1,"output":\2}/'"#

    let folder: TemporaryFolder
    let metrics = GatewayMetrics()

    init() throws {
        // The gateway ignores SIGPIPE too, because a function may close its input at any time.
        Signals.ignorePipe()
        folder = try TemporaryFolder()
    }

    /// The process id that a function writes to the file `pid`.
    private func processID() throws -> CInt {
        var number: CInt?
        try waitUntil("it runs") {
            let line = (try? FileSystem.read("\(folder.path)/pid")) ?? []
            number = line.last == UInt8(ascii: "\n") ? CInt(String(decoding: line.dropLast(), as: UTF8.self)) : nil
            return number != nil
        }
        return try #require(number)
    }

    @Test func `many calls at once each get their own answer`() async throws {
        let pool = try pool(program("echo", Self.echo) { $0.processes = 2 })
        let answers = await withTaskGroup(of: (Int, String).self) { group in
            for number in 0..<500 {
                group.addTask { (number, await call(pool, "echo", "{\"n\":\(number)}")) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(answers.count == 500)
        #expect(answers.allSatisfy { $0.value == "{\"n\":\($0.key)}" })
        #expect(pool.waiting["echo"] == 0)
        await pool.close()
    }

    @Test func `a function that is killed costs its own calls, and the next one is answered`() async throws {
        let script =
            "if [ -e \(folder.path)/again ]; then \(Self.echo); fi; touch \(folder.path)/again; read l; kill -9 $$"
        let pool = try pool(program("dying", script), program("echo", Self.echo))
        async let dying = call(pool, "dying")
        #expect(await call(pool, "echo") == #"{"n":1}"#)
        #expect(await dying.hasPrefix("503 dying ended before it answered"))
        #expect(await call(pool, "dying") == #"{"n":1}"#)
        #expect(restarts("ended"))
        await pool.close()
    }

    @Test func `a function that hangs answers 503 in time, and is killed with its children`() async throws {
        let script = "echo $$ > \(folder.path)/pid; sleep 1000 & wait"
        let hung = try program("hung", script) {
            $0.patience = .seconds(3)
            $0.silence = .seconds(6)
        }
        let pool = try pool(hung)
        #expect(await call(pool, "hung").hasPrefix("503 hung did not answer within"))
        let pid = try processID()
        try waitUntil("the group is gone") { FileSystem.kind(of: "/proc/\(pid)") == nil }
        try waitUntil("it is counted") { restarts("silent") }
        await pool.close()
    }

    @Test func `a function that hangs holds up no other`() async throws {
        let pool = try pool(
            program("hung", "echo $$ > \(folder.path)/pid; exec sleep 1000"), program("echo", Self.echo))
        async let first = call(pool, "hung")
        while pool.waiting["hung"] != 1 { try await Task.sleep(for: .milliseconds(5)) }
        for _ in 0..<20 { #expect(await call(pool, "echo") == #"{"n":1}"#) }
        #expect(pool.waiting["hung"] == 1)
        Signals.send(9, to: try processID())
        #expect(await first.hasPrefix("503 hung ended before it answered"))
        await pool.close()
    }

    @Test func `a function that does not end is killed when the pool closes`() async throws {
        let stuck = try program(
            "stuck", "echo $$ > \(folder.path)/pid; read l; echo '{\"id\":1,\"output\":{}}'; exec sleep 1000"
        ) {
            $0.endTime = .milliseconds(100)
        }
        let pool = try pool(stuck)
        #expect(await call(pool, "stuck") == "{}")
        await pool.close()
        let pid = try processID()
        try waitUntil("it is gone") { FileSystem.kind(of: "/proc/\(pid)") == nil }
    }

    @Test(arguments: [
        ("while read -r l; do echo '{\"id\":99,\"output\":{}}'; done", "unknown_answer"),
        ("read -r l; echo '{\"id\":1,\"output\":{}}'; echo '{\"id\":1,\"output\":{}}'; sleep 100", "unknown_answer"),
        ("while read -r l; do echo garbage; done", "unknown_answer"),
        ("read -r l; head -c 3000000 /dev/zero; sleep 100", "line_too_long"),
        ("exec 0<&-; sleep 100", "closed_input"),
    ])
    func `a function that writes wrong lines costs its own process only`(script: String, reason: String) async throws {
        let lying = try program("lying", script) {
            $0.lineBytes = 1 << 20
            $0.patience = .seconds(5)
            $0.silence = .seconds(3)
        }
        let pool = try pool(lying, program("echo", Self.echo))
        async let answer = call(pool, "lying")
        for _ in 0..<20 { #expect(await call(pool, "echo") == #"{"n":1}"#) }
        let text = await answer
        #expect(text.hasPrefix("503") || text == "{}", "\(text)")
        try waitUntil("it is killed") { restarts(reason) || restarts("silent") }
        await pool.close()
    }

    @Test func `a function that floods its log slows down itself only`() async throws {
        let pool = try pool(
            program("flooding", "head -c 300000 /dev/zero | tr '\\0' x >&2; \(Self.echo)"), program("echo", Self.echo))
        async let flooding = call(pool, "flooding")
        for _ in 0..<50 { #expect(await call(pool, "echo") == #"{"n":1}"#) }
        #expect(await flooding == #"{"n":1}"#)
        await pool.close()
    }

    @Test func `more than so many calls or bytes are refused at once`() async throws {
        let hung = try program("hung", "echo $$ > \(folder.path)/pid; exec sleep 1000") {
            $0.calls = 3
            $0.bytes = 1000
        }
        let pool = try pool(hung)
        // The function ends when all but the accepted calls have been answered, so that these get their answers too.
        func answers(to count: Int, accepted: Int, _ input: String) async throws -> [String] {
            try? FileSystem.remove("\(folder.path)/pid")
            return try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<count { group.addTask { await call(pool, "hung", input) } }
                var answers: [String] = []
                while let answer = try await group.next() {
                    answers.append(answer)
                    if answers.count == count - accepted { Signals.send(9, to: try processID()) }
                }
                return answers
            }
        }
        let ten = try await answers(to: 10, accepted: 3, "{}")
        #expect(ten.count { $0.hasPrefix("503 too many calls of hung are waiting") } == 7)
        let large = "{\"a\":\"\(String(repeating: "x", count: 900))\"}"
        let two = try await answers(to: 2, accepted: 1, large)
        #expect(two.count { $0.hasPrefix("503 too many calls") } == 1)
        await pool.close()
    }

    @Test func `a function that always ends is started again after growing waits, and its calls end in time`()
        async throws
    {
        let script = "echo x >> \(folder.path)/starts; exit 3"
        let pool = try pool(program("broken", script) { $0.patience = .seconds(3) })
        let start = Instant.now
        func starts() -> Int { ((try? FileSystem.read("\(folder.path)/starts").count) ?? 0) / 2 }
        while starts() < 5 { #expect(await call(pool, "broken").hasPrefix("503")) }
        // The waits before the second to the fifth start are 50, 100, 200 and 400 ms.
        #expect(start.elapsed > .milliseconds(700))
        await pool.close()
    }

    @Test func `a function that is not there answers 503`() async throws {
        let missing = FunctionProgram(
            name: "missing", path: "\(folder.path)/missing", environment: [:], limits: FunctionLimits())
        var limits = FunctionLimits()
        limits.patience = .milliseconds(500)
        let pool = try pool(
            FunctionProgram(name: "missing", path: missing.path, environment: [:], limits: limits))
        #expect(await call(pool, "missing").hasPrefix("503"))
        #expect(await call(pool, "unheardOf").hasPrefix("503"))
        await pool.close()
    }

    @Test func `a process without work ends after its time`() async throws {
        let script = "trap 'echo over > \(folder.path)/over' EXIT; \(Self.echo.dropFirst(5))"
        let pool = try pool(program("idle", script) { $0.idleTime = .milliseconds(300) })
        #expect(await call(pool, "idle") == #"{"n":1}"#)
        try waitUntil("it ends") { FileSystem.kind(of: "\(folder.path)/over") != nil }
        #expect(await call(pool, "idle") == #"{"n":1}"#)
        await pool.close()
        #expect(!metrics.text(waiting: [:], gauges: nil).contains("function_restarts_total{"))
    }

    @Test func `a process without work ends when the pool closes, and is not killed`() async throws {
        let script = "trap 'echo over > \(folder.path)/over' EXIT; \(Self.echo.dropFirst(5))"
        let pool = try pool(program("idle", script))
        #expect(await call(pool, "idle") == #"{"n":1}"#)
        await pool.close()
        #expect(FileSystem.kind(of: "\(folder.path)/over") == .file)
        #expect(!metrics.text(waiting: [:], gauges: nil).contains("function_restarts_total{"))
    }

    @Test func `calls from before the end are answered, and no later ones are accepted`() async throws {
        let slow = """
            while read -r l; do
                while [ ! -e \(folder.path)/go ]; do sleep 0.02; done; echo "$l" | \(Self.echo.dropFirst(5))
            done
            """
        let pool = try pool(program("slow", slow) { $0.endTime = .seconds(600) })
        async let one = call(pool, "slow")
        async let two = call(pool, "slow")
        while pool.waiting["slow"] != 2 { try await Task.sleep(for: .milliseconds(5)) }
        let isOver = Mutex(false)
        pool.close { isOver.withLock { $0 = true } }
        #expect(await call(pool, "slow").hasPrefix("503 the gateway is shutting down"))
        try FileSystem.write("", to: "\(folder.path)/go")
        #expect(await [one, two] == [#"{"n":1}"#, #"{"n":1}"#])
        try waitUntil("the pool has closed") { isOver.withLock(\.self) }
    }
}
