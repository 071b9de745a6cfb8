import BenchmarkReport
import Glibc
import Postgres
import System
import TestSupport

/// The sending of owed deliveries by pollers, from the first request to the last row, with everything that was counted
/// meanwhile.
struct Drain {
    /// When the pollers are stopped.
    enum End {
        /// When nothing is owed to the receiver's destinations any more.
        case empty(owed: Int)
        /// After at least this number of requests; the rest stays owed.
        case after(Int)
    }

    /// CPU time of one delivery, in microseconds.
    struct CPU {
        /// The pollers' children: deliverPostback, or the program that calls it where a platform runs it.
        let function: Double
        /// The processes of the platform that runs deliverPostback, if there is one.
        let platform: Double
        let poller: Double
        /// All processes of the server.
        let database: Double
        let receiver: Double

        var inAll: Double { function + platform + poller + database }
    }

    /// The highest memory use, in MiB. That of the session that claims does not count what the server shares.
    struct Memory {
        let poller: Double
        let function: Double
        let session: Double
    }

    /// Deliveries a second, from the first request to the last row's time. As with the bare loop and the peers, the start of
    /// the processes does not count.
    let rate: Double
    let cpu: CPU
    let memory: Memory
    /// The number of delivered rows.
    let delivered: Int

    /// Sends what is owed in the world to the receiver. `hanging` is another receiver of the world, which does not answer.
    /// `platform` has the servers that run deliverPostback for the pollers, if they do not run it themselves.
    /// - Throws: `VoidRun` if the receiver's requests and the rows do not agree one to one.
    static func run(
        _ workbench: Workbench, _ world: World, to receiver: CountingReceiver, until end: End, pollers: Int = 1,
        settings: [String: String] = [:], platform: [ServedFunction] = [], hanging: CountingReceiver? = nil,
        seconds limit: Double = 300
    ) throws -> Drain {
        try receiver.reset()
        let owed = try owedRows(world, to: receiver)
        let serverBefore = ProcessTimes.cpuOfTree(workbench.serverProcess)
        let receiverBefore = ProcessTimes.cpu(receiver.pid)
        let platformBefore = platform.map { ProcessTimes.cpuOfTree($0.pid) }.reduce(0, +)
        let (start, started) = (try clock(world), Instant.now)
        let processes = try (0..<pollers).map { _ in try world.start("postbacks", ["poll"], settings) }
        defer { for process in processes { process.end(SIGTERM) } }

        let count =
            switch end {
            case .empty(let owed): owed
            case .after(let count): count
            }
        try receiver.waitFor(count, seconds: limit)
        if case .empty = end { try waitForEmptiness(world, to: receiver, seconds: limit) }
        let functions = processes.flatMap { ChildProcesses.of($0.pid) }
        let functionTime = functions.map(ProcessTimes.cpu).reduce(0, +)
        let pollerTime = processes.map { ProcessTimes.cpu($0.pid) }.reduce(0, +)
        let serverTime = ProcessTimes.cpuOfTree(workbench.serverProcess) - serverBefore
        let receiverTime = ProcessTimes.cpu(receiver.pid) - receiverBefore
        let platformTime = platform.map { ProcessTimes.cpuOfTree($0.pid) }.reduce(0, +) - platformBefore
        let requests = Double(try receiver.total())
        let memory = try Memory(
            poller: processes.map { try ProcessTimes.memory($0.pid, "VmHWM") }.max() ?? .nan,
            function: functions.map { try ProcessTimes.memory($0, "VmHWM") }.max() ?? .nan,
            session: ProcessTimes.memory(claimingSession(world), "RssAnon"))
        try stop(processes, hanging: hanging)

        let (delivered, seconds) = try acknowledged(world, since: start)
        let seen = try receiver.seen()
        let left = try owedRows(world, to: receiver)
        switch end {
        case .empty(let expected):
            try RunLedger(
                expected: expected, requests: seen.requests, different: seen.different, delivered: delivered, owed: left
            ).check()
        case .after:
            // Each row that was not sent is still owed.
            try RunLedger(
                expected: seen.requests, requests: seen.requests, different: seen.different, delivered: delivered,
                owed: left - (owed - delivered)
            ).check()
        }
        return Drain(
            rate: Double(delivered) / (seconds - (seen.first - started).seconds),
            cpu: CPU(
                function: functionTime / requests, platform: platformTime / requests, poller: pollerTime / requests,
                database: serverTime / requests, receiver: receiverTime / requests), memory: memory,
            delivered: delivered)
    }

    /// Stops pollers, which wait for their requests in flight.
    static func stop(_ pollers: [LineProcess], hanging: CountingReceiver?) throws {
        for poller in pollers { Signals.send(SIGTERM, to: poller.pid) }
        if let hanging {
            _ = try wait(for: [], atMost: .milliseconds(200))
            try hanging.dropConnections()
        }
        // Signal 0 changes nothing.
        for poller in pollers { poller.end(0) }
    }

    /// The server's time, with which `finished_at` is compared.
    static func clock(_ world: World) throws -> String {
        try world.database.run("SELECT clock_timestamp()::text AS now").first?.text("now") ?? ""
    }

    /// The number of deliveries that were delivered since a time, and the seconds from then to the last of them.
    static func acknowledged(_ world: World, since start: String) throws -> (count: Int, seconds: Double) {
        let row = try world.database.run(
            """
            SELECT count(*) FILTER (WHERE state = 'delivered') AS count,
                (extract(epoch FROM max(finished_at) - \(start)::timestamptz) * 1e6)::bigint AS microseconds
            FROM deliveries WHERE finished_at >= \(start)::timestamptz
            """
        ).first
        return (row?.integer("count") ?? 0, Double(row?.integer("microseconds") ?? 0) / 1e6)
    }

    /// Waits until nothing is owed to the receiver's destinations.
    static func waitForEmptiness(_ world: World, to receiver: CountingReceiver, seconds limit: Double) throws {
        let start = Instant.now
        // This reads the end of the index: counting the rows would slow down the measured deliveries.
        while true {
            let rows = try world.database.run(
                """
                SELECT EXISTS (
                    SELECT FROM destinations d CROSS JOIN LATERAL (
                        SELECT FROM outbox o WHERE o.destination_id = d.id
                        ORDER BY (o.attempt > 0) DESC, o.due_at DESC LIMIT 1
                    ) o
                    WHERE d.origin = ANY (\(receiver.origins)::text[])
                ) AS is_owed
                """)
            if rows.first?.bool("is_owed") == false { return }
            guard start.elapsed.seconds < limit else {
                throw VoidRun(description: "the outbox was not drained in \(Int(limit)) s")
            }
            _ = try wait(for: [], atMost: .milliseconds(50))
        }
    }

    private static func owedRows(_ world: World, to receiver: CountingReceiver) throws -> Int {
        let rows = try world.database.run(
            """
            SELECT count(*) AS count FROM outbox o JOIN destinations d ON d.id = o.destination_id
            WHERE d.origin = ANY (\(receiver.origins)::text[])
            """)
        return rows.first?.integer("count") ?? -1
    }

    /// The server's process of the session that claims and completes; the one of several that uses the most memory.
    private static func claimingSession(_ world: World) throws -> CInt {
        let rows = try world.database.run(
            """
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'postbacks poller'
            """)
        let sessions = rows.compactMap { $0.integer("pid").map { CInt($0) } }
        guard let largest = try sessions.max(by: { try memory($0) < memory($1) }) else {
            throw DidNotHappen(description: "the poller has a session")
        }
        return largest
    }

    private static func memory(_ process: CInt) throws -> Double { try ProcessTimes.memory(process, "RssAnon") }
}
