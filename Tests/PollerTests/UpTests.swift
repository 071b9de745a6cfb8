import EmbeddedPostgres
import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests what `postbacks up` does for other terminals and for its server.
@Suite(.ownThreads) struct UpTests {
    private static let postback: JSON = [
        "offerId": "o", "affiliateId": "a", "conversionStatus": "pending", "httpType": "GET",
        "url": "http://127.0.0.1:8099/{transaction_id}",
    ]

    private func invoke(_ function: String, _ input: JSON, _ environment: [String: String]) throws -> FunctionCall {
        FunctionCall(
            try Programs.run(
                "postbacks", ["invoke", function], input: input.encodedText, environment: environment))
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a signal while its server starts ends it in good order, and no server stays`(signal: CInt) throws {
        let folder = try TemporaryFolder()
        let log = "\(folder.path)/log"
        let output = try Descriptor.open(log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let process = try ChildProcess(
            Programs.path("postbacks"), ["up", "--no-gateway"],
            environment: Programs.environment([
                "POSTBACKS_HOME": "\(folder.path)/home", "POSTBACKS_FUNCTIONS": Programs.folder,
            ]), output: .null, errorOutput: .descriptor(output))
        func text() throws -> String { String(decoding: try FileSystem.read(log), as: UTF8.self) }
        try waitUntil("it makes its cluster", timeoutSeconds: 120) { try text().contains("making a PostgreSQL") }
        process.terminate(signal)
        #expect(try process.wait() == .exited(0))
        #expect(try text().contains("stopped before") && !text().contains("Postbacks is running"))
        #expect(EmbeddedServer.connectionString(home: "\(folder.path)/home") == nil)
        // The next start uses the files of the interrupted one.
        let server = EmbeddedServer(home: "\(folder.path)/home", settings: ["fsync": "off"], diesWithParent: false)
        try server.start()
        server.stop()
    }

    @Test
    func `invoke beside it allows what it allows, whichever way it finds the database, and no longer than it runs`()
        throws
    {
        let up = try RunningUp(["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8"])
        #expect(try invoke("configureOffer", ["offerId": "o"], up.environment).status == .exited(0))
        #expect(try invoke("configureAffiliate", ["affiliateId": "a"], up.environment).status == .exited(0))
        let found = try invoke("createPostback", Self.postback, up.environment)
        #expect(found.status == .exited(0), "\(found.text)")
        let url = try #require(EmbeddedServer.connectionString(home: up.home))
        let named = try invoke("createPostback", Self.postback, up.environment.merging(["DATABASE_URL": url]) { $1 })
        #expect(named.status == .exited(0), "\(named.text)")
        // A variable that the user sets takes precedence, and so does another database.
        let own = try invoke(
            "createPostback", Self.postback, up.environment.merging(["POSTBACKS_ALLOW_CIDRS": "10.0.0.0/8"]) { $1 })
        #expect(own.code == "invalid_request" && own.fields == ["url"])
        let other = try Installation.sending(to: "http://127.0.0.1:1")
        let elsewhere = try invoke(
            "createPostback", Self.postback,
            up.environment.merging(["DATABASE_URL": other.database.connectionString]) { $1 })
        #expect(elsewhere.code == "invalid_request")

        // The file sets the variables of a shell.
        let file = "\(up.home)/up.env"
        #expect(FileSystem.ownership(of: file)?.mode == 0o600)
        let shell = try ChildProcess.run(
            "/bin/sh", ["-c", ". '\(file)'; exec createPostback"], environment: Programs.environment(),
            input: Array(Self.postback.encodedText.utf8), timeout: .seconds(60))
        #expect(shell.status == .exited(0), "\(shell.text)\(shell.errorText)")

        let left = try FileSystem.read(file)
        try up.end()
        #expect(FileSystem.kind(of: file) == nil)
        // This imitates the file of a killed process.
        try FileSystem.write(String(decoding: left, as: UTF8.self), to: file, mode: 0o600)
        let server = EmbeddedServer(home: up.home, settings: ["fsync": "off"], diesWithParent: false)
        try server.start()
        defer { server.stop() }
        let late = try invoke("createPostback", Self.postback, up.environment)
        #expect(late.code == "invalid_request", "\(late.text)")
    }

    @Test func `a bare function without a database says what to export, and names up's file while it runs`() throws {
        let folder = try TemporaryFolder()
        // Nothing listens on this port, and DATABASE_URL is not set.
        let environment = ["POSTBACKS_HOME": folder.path, "HOME": folder.path]
        let hidden = "exec unshare -m sh -c 'mount -t tmpfs none /var/run; exec \"$0\"' \"$0\""
        func call() throws -> FunctionCall {
            let program = Programs.path("listOffers")
            let outcome = try ChildProcess.run(
                "/bin/sh", ["-c", geteuid() == 0 ? hidden : "exec \"$0\"", program],
                environment: Programs.environment(environment), input: Array("{}".utf8), timeout: .seconds(60))
            return FunctionCall(outcome)
        }
        let nothing = try call()
        #expect(nothing.code == "misconfigured")
        #expect(nothing.message.contains("DATABASE_URL is not set; export it"), "\(nothing.text)")
        #expect(nothing.message.contains("postbacks up"))
        let file = try Descriptor.open("\(folder.path)/up.env", O_RDWR | O_CREAT, mode: 0o600)
        // This imitates the file of a killed process.
        #expect(try call().message == nothing.message)
        #expect(try file.lock())
        let beside = try call()
        #expect(beside.message.contains(". '\(folder.path)/up.env'"), "\(beside.text)")
        #expect(beside.message.contains("postbacks invoke"))
    }

    @Test func `a server that does not start is tried again after waits, and everything goes on when it does`() throws {
        let up = try RunningUp()
        let url = try #require(EmbeddedServer.connectionString(home: up.home))
        let cluster = try #require(EmbeddedServer.cluster(home: up.home))
        let connection = try Connection(url)
        #expect(try connection.run("SHOW data_checksums")[0].text(0) == "on")
        let process = try #require(
            String(decoding: try FileSystem.read("\(cluster)/postmaster.pid"), as: UTF8.self)
                .split(separator: "\n").first.flatMap { CInt($0) })
        try FileSystem.rename("\(cluster)/global", to: "\(cluster)/global.away")
        Signals.send(SIGKILL, to: process)
        let failure = "the embedded server does not start; trying again"
        try waitUntil("three tries") { try up.log.split(separator: failure).count > 3 }
        let waits = try up.log.split(separator: "\n").filter { $0.contains(failure) }
            .compactMap { try? JSON(parsing: Array($0.utf8))["seconds"]?.text.flatMap { Int($0) } }
        #expect(Array(waits.prefix(3)) == [1, 2, 4], "\(waits)")
        try FileSystem.rename("\(cluster)/global.away", to: "\(cluster)/global")
        try waitUntil("it is back", timeoutSeconds: 120) { try up.log.contains("the database is available again") }
        #expect(try invoke("configureOffer", ["offerId": "o"], up.environment).status == .exited(0))
    }
}
