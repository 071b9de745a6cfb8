import BenchmarkReport
import EmbeddedPostgres
import Glibc
import Postgres
import System
import TestSupport

/// A temporary PostgreSQL, the receiver and the bare loop, and a database with one offer, one affiliate and one postback.
final class Workbench {
    let folder: String
    let size: Size
    private let server: EmbeddedServer
    private let receiverProgram: String
    private var receivers: [CountingReceiver] = []
    let loop: BareLoop
    /// The receiver of the base world.
    let receiver: CountingReceiver
    let base: World
    var report = Report()

    /// The path and query of each postback's URL.
    static let target = "/postback?cid={click_id}&payout={payout}&status={status}"

    /// `folder` is an empty folder that the server's user may enter.
    init(folder: String, size: Size) throws {
        self.folder = folder
        self.size = size
        receiverProgram = try Workbench.compile("receiver", into: folder, libraries: ["-lssl", "-lcrypto"])
        loop = BareLoop(program: try Workbench.compile("loop", into: folder, libraries: ["-lcurl"]))
        // A quarter of the memory is what PostgreSQL's documentation recommends.
        let buffers = max(128, min(8192, Int(Machine.memoryMebibytes / 4)))
        server = EmbeddedServer(
            home: "\(folder)/home", settings: ["max_wal_size": "4GB", "shared_buffers": "\(buffers)MB"])
        do {
            say("starting PostgreSQL")
            try server.start()
            receiver = try CountingReceiver(receiverProgram, ports: 1)
            base = try World(connectionString: server.connectionString)
            try base.configure(urls: receiver.origins.map { $0 + Workbench.target })
        } catch {
            server.stop()
            throw error
        }
    }

    /// Ends all processes that were started.
    func close() {
        for receiver in receivers + [receiver] { receiver.end() }
        server.stop()
    }

    /// The process id of the server.
    var serverProcess: CInt { server.processID ?? 0 }

    /// The server's log so far.
    var serverLog: [UInt8] { (try? FileSystem.read("\(folder)/home/postgres.log")) ?? [] }

    /// Makes another database with the product's tables.
    func makeWorld(_ name: String, settings: [String: String] = [:]) throws -> World {
        try World(connectionString: try makeDatabase(name), settings: settings)
    }

    /// Makes an empty database, and returns its connection string.
    func makeDatabase(_ name: String) throws -> String {
        _ = try base.database.run("CREATE DATABASE \(identifier: name)")
        return server.connectionString(database: name)
    }

    /// Drops such a database, whose programs have ended.
    func drop(_ name: String) throws {
        try base.database.execute(script: "DROP DATABASE \"\(name)\" WITH (FORCE)")
    }

    /// Starts another receiver; `end` it when it is not needed any more.
    func startReceiver(
        ports: Int = 1, answers: Bool = true, tls: (certificate: String, key: String)? = nil
    ) throws -> CountingReceiver {
        let receiver = try CountingReceiver(receiverProgram, ports: ports, answers: answers, tls: tls)
        receivers.append(receiver)
        return receiver
    }

    /// Adds a figure to the table, and tells it.
    func add(_ figure: Figure) {
        report.add(.figure(figure))
        let limit = figure.limit.map { ", \($0.name): \($0.measure.text)" } ?? ""
        let ratio = figure.ratio.map { ", ratio \(grouped($0, decimals: 2))" } ?? ""
        say("  \(figure.name): \(figure.ours.text)\(limit)\(ratio)")
    }

    /// Compiles one of the programs in C beside this file, optimized.
    private static func compile(_ name: String, into folder: String, libraries: [String]) throws -> String {
        guard let compiler = ["cc", "gcc", "clang"].lazy.compactMap({ Executable.find($0) }).first else {
            throw DidNotHappen(description: "a C compiler (cc, gcc or clang)")
        }
        let source = "\(FileSystem.parent(of: FileSystem.parent(of: #filePath)))/C/\(name).c"
        let program = "\(folder)/\(name)"
        try Tools.run(compiler, ["-O2", "-Wall", "-Wextra", "-o", program, source] + libraries)
        return program
    }
}
