import Domain
import JSON
import Postgres
import Store
import System
import TestSupport
import TestThreads
import Testing

/// Tests the stored calls: each statement has one type, whose names are those of its text.
@Suite(.ownThreads) struct StoredCallTests {
    private static let root = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../..") ?? "."
    private static let folder = "\(root)/Sources/Store/SQL"
    private static let samples = StoredCallSamples.poller + StoredCallSamples.functions

    private let connection: Connection

    init() throws {
        connection = try TestDatabase.withTables().connect()
        try connection.execute(script: StoredCallSamples.content)
    }

    /// The files' folders, their names without `.sql`, and their texts.
    private static func files() throws -> [(folder: String, name: String, text: String)] {
        try FileSystem.names(in: folder).sorted().flatMap { room in
            try FileSystem.names(in: "\(folder)/\(room)").sorted().map { file in
                let text = String(decoding: try FileSystem.read("\(folder)/\(room)/\(file)"), as: UTF8.self)
                return (room, String(file.dropLast(4)), text)
            }
        }
    }

    /// The Swift files below a folder of the repository, and their texts.
    private static func sources(in folder: String) throws -> [(path: String, text: String)] {
        try FileSystem.names(in: "\(root)/\(folder)").sorted().flatMap { name throws -> [(String, String)] in
            let path = "\(folder)/\(name)"
            if FileSystem.kind(of: "\(root)/\(path)") == .folder { return try sources(in: path) }
            guard name.hasSuffix(".swift") else { return [] }
            return [(path, String(decoding: try FileSystem.read("\(root)/\(path)"), as: UTF8.self))]
        }
    }

    @Test func `each file has one type in the folder of the same name, whose statement has its text, and a sample`()
        throws
    {
        let files = try Self.files()
        let byName = Dictionary(grouping: Self.samples.map { type(of: $0).statement }, by: \.name)
        #expect(Set(byName.keys) == Set(files.map(\.name)))
        let swift = try Self.sources(in: "Sources/Store")
        for (folder, name, text) in files {
            let users = swift.filter { $0.text.contains("PackageResources.\(name)_sql") }
            #expect(users.count == 1, "\(name)")
            #expect(users.allSatisfy { $0.path.hasPrefix("Sources/Store/\(folder)/") }, "\(name)")
            #expect(byName[name]?.count == 1, "\(name)")
            #expect(byName[name]?.first?.sql == Statement(name: name, text: text).sql, "\(name)")
        }
    }

    @Test func `each sample's arguments are the parameters of its statement, and no statement counts them itself`()
        throws
    {
        for call in Self.samples {
            #expect(call.arguments.fault(for: call.statement) == nil)
        }
        for (_, name, text) in try Self.files() {
            #expect(text.firstMatch(of: #/\$[0-9]/#) == nil, "\(name)")
        }
    }

    @Test func `PostgreSQL takes each statement, and the answer has every column that is asked for`() throws {
        func run(_ call: some StoredCall) throws { _ = try connection.run(call) }
        for call in Self.samples {
            try connection.execute(script: "BEGIN")
            do {
                try run(call)
            } catch {
                Issue.record("\(call.statement.name): \(error)")
            }
            try connection.execute(script: "ROLLBACK")
        }
    }

    @Test func `what is in the tables comes back as what it is`() throws {
        let claim = try #require(StoredCallSamples.poller.lazy.compactMap { $0 as? ClaimDeliveries }.first)
        let claimed = try connection.run(claim)
        #expect(claimed.claims.map(\.id) == ["1/1/1"] && claimed.claims.map(\.attempt) == [1])
        #expect(claimed.takenIDs == [4] && claimed.unreadable.isEmpty)
        #expect(claimed.ended.map(\.failure?.code) == ["lost", nil])
        let complete = try #require(StoredCallSamples.poller.lazy.compactMap { $0 as? CompleteDeliveries }.first)
        let completed = try connection.run(complete)
        #expect(completed.failed == 1 && completed.fenced == 0)
        #expect(
            completed.failures == [
                Outbox.FailedDelivery(
                    delivery: 2, state: .failed, postback: 1, conversion: 2, attempts: 1,
                    destination: "http://one:80", code: "http_status")
            ])
        #expect(completed.postbacksToCheck == [1] && completed.pausedPostbacks == [1])
        #expect(completed.pauses.map(\.reason) == ["the receiver answered 410 Gone"])
        #expect(try connection.run(ClaimAlerts(10, lease: .seconds(60))).alerts.first?.data == ["reason": "sample"])
        #expect(try connection.run(ListPaused(limit: 1)).count == 2)
        #expect(try connection.run(ListBlocked(limit: 10)).first.map(\.origin) == ["http://two:80"])
        #expect(try connection.run(ListPollers()).map(\.isAlive) == [true])
    }

    @Test func `no column has a default in Swift, and no statement stands in Swift text`() throws {
        var places: [String] = []
        let folders = ["Sources/Store/Outbox", "Sources/Store/Health", "local-runtime"]
        var sources = try folders.flatMap { try Self.sources(in: $0) }
        sources += try Self.sources(in: "Sources/Store").filter {
            !$0.path.dropFirst("Sources/Store/".count).contains("/")
        }
        for (path, text) in sources {
            if text.firstMatch(of: #/(text|integer|bool|bytes|json)\("[a-z_]+"\)\s*\?\?/#) != nil {
                places.append(path)
            }
            for line in text.split(separator: "\n") where !line.contains("setval(") {
                if line.firstMatch(of: #/^\s*("|.*\(")?(SELECT|INSERT INTO|UPDATE|DELETE FROM|MERGE INTO) /#) != nil {
                    places.append("\(path): \(line)")
                }
            }
        }
        #expect(places == [])
    }
}
