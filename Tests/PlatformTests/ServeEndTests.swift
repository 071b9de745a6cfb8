import Glibc
import JSON
import Postgres
import System
import TestSupport
import TestThreads
import Testing

/// Tests how `postbacks serve --function` ends: a watchdog sends SIGTERM and still passes on requests.
@Suite(.ownThreads) struct ServeEndTests {
    private let installation: Installation

    init() throws {
        installation = try Installation.make()
        try installation.configure()
    }

    private let input = Array(#"{"offerId":"o","affiliateId":"a","transactionId":"t"}"#.utf8)

    @Test func `after SIGTERM requests are taken, on old and new connections, which are closed behind their answers`()
        throws
    {
        let served = try ServedFunction("recordConversion", installation, arguments: ["--drain", "600"])
        let old = try served.connect()
        try old.send("POST", "/", body: input)
        #expect(try old.receive().headers["connection"] == "keep-alive")
        served.send(SIGTERM)
        try waitUntil("it has seen the signal") {
            let connection = try served.connect()
            try connection.send("POST", "/", body: input)
            return try connection.receive().headers["connection"] == "close"
        }
        for connection in try [old, served.connect()] {
            try connection.send("POST", "/", body: input)
            let answer = try connection.receive()
            #expect(answer.status == 200 && answer.headers["connection"] == "close")
            #expect(try connection.waitForEnd())
        }
        served.send(SIGTERM)
        try served.waitForEnd()
    }

    @Test func `idle connections do not delay the end, and what was accepted is answered`() throws {
        let served = try ServedFunction("recordConversion", installation, arguments: ["--drain", "0"])
        let idle = try (0..<20).map { _ in try served.connect() }
        try idle[0].send("POST", "/", body: input)
        #expect(try idle[0].receive().status == 200)
        let lock = try installation.database.connect()
        try lock.execute(script: "BEGIN; LOCK TABLE conversions IN ACCESS EXCLUSIVE MODE")
        let waiting = try served.connect()
        try waiting.send("POST", "/", body: Array(#"{"offerId":"o","affiliateId":"a","transactionId":"t2"}"#.utf8))
        try installation.database.waitForLock(of: "recordConversion")
        served.send(SIGTERM)
        for connection in idle { #expect(try connection.waitForEnd()) }
        try waitUntil("it accepts nothing") { (try? served.connect()) == nil }
        try lock.execute(script: "COMMIT")
        let answer = try waiting.receive()
        #expect(answer.status == 200 && answer.headers["connection"] == "close", "\(answer.text)")
        try served.waitForEnd()
        #expect(try installation.count("conversions") == 2)
    }

    @Test func `SIGINT ends it at once, and its functions with it`() throws {
        let served = try ServedFunction("recordConversion", installation, arguments: ["--drain", "600"])
        let connection = try served.connect()
        try connection.send("POST", "/", body: input)
        #expect(try connection.receive().status == 200)
        let functions = served.functions
        #expect(!functions.isEmpty)
        served.send(SIGINT)
        try served.waitForEnd()
        for process in functions { #expect(FileSystem.kind(of: "/proc/\(process)") == nil) }
    }

    @Test func `the drain ends by itself`() throws {
        let served = try ServedFunction("listOffers", installation, arguments: ["--drain", "0.3"])
        let idle = try served.connect()
        served.send(SIGTERM)
        #expect(try idle.waitForEnd())
        try served.waitForEnd()
    }
}
