import BenchmarkReport
import Glibc
import System
import TestSupport

/// The same requests as jobs of the queues that a user would otherwise take, in turns with ours. Every job is acknowledged after
/// the answer to its request.
func measurePeers(_ workbench: Workbench) throws {
    let size = workbench.size
    let (peers, missing) = try Peer.install(workbench)
    var ours: [Double] = []
    var theirs: [String: [Double]] = [:]
    for round in 0..<size.rounds {
        try workbench.base.clear()
        try workbench.base.owe(size.conversions, prefix: "p\(round)-")
        try workbench.base.settle()
        ours.append(
            try Drain.run(
                workbench, workbench.base, to: workbench.receiver, until: .empty(owed: size.conversions),
                settings: ["POSTBACKS_DESTINATION_CONCURRENCY": "256"]
            ).rate)
        for peer in peers { theirs[peer.title, default: []].append(try peer.run(workbench, size.conversions)) }
    }
    let measures = peers.map { ($0.title, Measure(theirs[$0.title] ?? [], .perSecond)) }
    let best = measures.max { $0.1.median < $1.1.median }
    for (title, measure) in measures {
        workbench.add(
            Figure(
                "full outbox, 256 in flight", Measure(ours, .perSecond), limit: .init(title, measure),
                aim: title == best?.0 ? .ratioAtLeast(5) : nil))
    }
    for name in missing {
        workbench.report.add(.skipped("full outbox beside \(name)", reason: "it could not be installed"))
    }
}

/// A queue that is installed by name.
private struct Peer {
    /// Its name, version and settings.
    let title: String
    private let script: String
    private let python: String
    /// The program of Redis; nil for a queue in PostgreSQL.
    private let redis: String?

    private static let folder = "\(FileSystem.parent(of: FileSystem.parent(of: #filePath)))/Queues"
    private static let settings = [
        "pgqueuer": "asyncpg, aiohttp, batches of 100, 256 at once", "procrastinate": "aiohttp, 64 at once",
        "celery": "Redis with appendfsync always, 4 processes, httpx, acks late",
    ]

    /// Installs what can be had.
    static func install(_ workbench: Workbench) throws -> (peers: [Peer], missing: [String]) {
        let home = "\(workbench.folder)/peers"
        say("  installing the peers")
        let lines = try Tools.run("\(folder)/install", [home], timeout: .seconds(600))
        let found = Dictionary(
            lines.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }.filter { $0.count == 2 }
                .map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
        var peers: [Peer] = []
        var missing: [String] = []
        for (name, settings) in settings.sorted(by: { $0.key < $1.key }) {
            guard let version = found[name], name != "celery" || found["redis-server"] != nil else {
                missing.append(name)
                continue
            }
            peers.append(
                Peer(
                    title: "\(name) \(version) (\(settings))", script: "\(folder)/\(name)_peer.py",
                    python: "\(home)/python/bin/python", redis: name == "celery" ? found["redis-server"] : nil))
        }
        return (peers, missing)
    }

    /// Enqueues the jobs and lets the queue's worker send them.
    /// - Returns: requests a second, from the first request to the last acknowledgement.
    func run(_ workbench: Workbench, _ count: Int) throws -> Double {
        if let redis { return try runOnRedis(redis, workbench, count) }
        let rate = try send(workbench, count, queue: try workbench.makeDatabase("peer"))
        try workbench.drop("peer")
        return rate
    }

    private func runOnRedis(_ program: String, _ workbench: Workbench, _ count: Int) throws -> Double {
        let folder = "\(workbench.folder)/redis-data"
        try FileSystem.makeFolder(folder)
        let socket = "\(folder)/socket"
        let server = try LineProcess(
            program,
            [
                "--port", "0", "--unixsocket", socket, "--dir", folder, "--appendonly", "yes", "--appendfsync",
                "always", "--save", "", "--loglevel", "warning",
            ], environment: Programs.environment())
        defer {
            server.end(SIGTERM)
            try? FileSystem.removeTree(folder)
        }
        try waitUntil("Redis listens") { FileSystem.kind(of: socket) == .other }
        return try send(workbench, count, queue: socket)
    }

    private func send(_ workbench: Workbench, _ count: Int, queue: String) throws -> Double {
        let url = "\(workbench.receiver.origins[0])/postback"
        func arguments(_ action: String) -> [String] { [script, action, "\(count)", url, queue] }
        try Tools.run(python, arguments("enqueue"), timeout: .seconds(300))
        try workbench.receiver.reset()
        let worker = try LineProcess(
            python, arguments("work"), environment: Programs.environment(["PYTHONDONTWRITEBYTECODE": "1"]))
        defer { worker.end(SIGTERM) }
        let words = try worker.readLine(seconds: 600).split(separator: " ")
        let end = Instant.now
        let seen = try workbench.receiver.seen()
        guard words.count == 2, words[0] == "done", let left = Int(words[1]) else {
            throw DidNotHappen(description: "\(title) sends its requests")
        }
        try RunLedger(
            expected: count, requests: seen.requests, different: seen.different, delivered: count - left, owed: left
        ).check()
        return Double(count) / (end - seen.first).seconds
    }
}
