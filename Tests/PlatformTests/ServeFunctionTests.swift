import Glibc
import JSON
import Postgres
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests `postbacks serve --function`.
@Suite(.ownThreads) struct ServeFunctionTests {
    private let installation: Installation

    init() throws {
        installation = try Installation.make()
        try installation.configure()
    }

    private func input(_ transaction: String) -> String {
        #"{"offerId":"o","affiliateId":"a","transactionId":"\#(transaction)","payout":12.30}"#
    }

    @Test func `each kind of answer has its status, on any path`() throws {
        let served = try ServedFunction("recordConversion", installation)
        let connection = try served.connect()
        try connection.send("POST", "/function/anything?x=1", body: Array(input("t1").utf8))
        let first = try connection.receive()
        #expect(first.status == 200 && first.json.at("conversion.payout") == "12.30", "\(first.text)")
        #expect(first.headers["content-type"] == "application/json" && first.headers["connection"] == "keep-alive")
        #expect(first.text.hasSuffix("}\n"))
        // The same connection again.
        try connection.send("POST", "/", body: Array(input("t1").utf8))
        #expect(try connection.receive().json["duplicate"] == true)
        #expect(try served.call("nonsense").status == 400)
        let wrong = try served.call(#"{"offerId":"o"}"#)
        #expect(wrong.status == 400 && wrong.code == "invalid_request")
        let unknown = try served.call(#"{"offerId":"x","affiliateId":"a","transactionId":"t"}"#)
        #expect(unknown.status == 422 && unknown.code == "not_found")
        let read = try connection.exchangeKept("GET")
        #expect(read.status == 405 && read.headers["allow"] == "POST")
    }

    @Test func `what a rule forbids is a 422`() throws {
        try installation.record(["clickId": "c", "status": "done"])
        let served = try ServedFunction("updateConversionStatus", installation)
        let answer = try served.call(#"{"offerId":"o","clickId":"c","status":"pending"}"#)
        #expect(answer.status == 422 && answer.code == "conflict", "\(answer.text)")
    }

    @Test func `a database that is away is a 503 with Retry-After, and a wrong setting of the function a 500`() throws {
        let away = try ServedFunction(
            "recordConversion", installation, environment: ["DATABASE_URL": "host=127.0.0.1 port=1 user=u dbname=x"])
        let answer = try away.call(input("t1"))
        #expect(answer.status == 503 && answer.headers["retry-after"] == "1" && answer.code == "unavailable")
        let wrong = try ServedFunction(
            "createPostback", installation, environment: ["POSTBACKS_ENCRYPTION_KEY": "short"])
        let postback = Installation.postback().encodedText
        #expect(try wrong.call(postback).status == 500)
    }

    @Test func `chunked bodies, bodies in pieces and requests sent ahead are read`() throws {
        let served = try ServedFunction("recordConversion", installation)
        let connection = try served.connect()
        let body = input("t1")
        let middle = body.index(body.startIndex, offsetBy: 20)
        func chunk(_ text: Substring) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
        let head = "POST / HTTP/1.1\r\nHost: h\r\n"
        try connection.write(
            "\(head)Transfer-Encoding: chunked\r\n\r\n\(chunk(body[..<middle]))\(chunk(body[middle...]))0\r\n\r\n")
        #expect(try connection.receive().json["duplicate"] == false)
        let whole = "\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        try connection.write(whole + whole)
        for _ in 1...2 { #expect(try connection.receive().json["duplicate"] == true) }
        try connection.write("\(head)Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        try connection.waitForContinue()
        try connection.write(body)
        #expect(try connection.receive().json["duplicate"] == true)
    }

    @Test func `many requests at once are answered by few processes, each with its own answer`() throws {
        let served = try ServedFunction("recordConversion", installation)
        let connections = try (0..<64).map { _ in try served.connect() }
        for round in 0..<5 {
            for (number, connection) in connections.enumerated() {
                try connection.send("POST", "/", body: Array(input("t\(round)-\(number)").utf8))
            }
            for (number, connection) in connections.enumerated() {
                let answer = try connection.receive()
                #expect(answer.json.at("conversion.transactionId") == .string("t\(round)-\(number)"))
            }
        }
        #expect(try installation.count("conversions") == 320)
        #expect(served.functions.count <= 2)
        // The same warm process of the function answers both.
        #expect(served.functions.count >= 1)
    }

    @Test func `deliverPostback waits for many receivers at once`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(500)))
        let served = try ServedFunction("deliverPostback", installation)
        let connections = try (0..<100).map { _ in try served.connect() }
        for (number, connection) in zip(1..., connections) {
            let input =
                #"{"deliveryId":\#(number),"attempt":1,"postback":{"url":"\#(receiver.url)/{delivery_id}","httpType":"GET"},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}"#
            try connection.send("POST", "/", body: Array(input.utf8))
        }
        for (number, connection) in zip(1..., connections) {
            let answer = try connection.receive()
            #expect(
                answer.json["outcome"] == "delivered" && answer.json["deliveryId"] == .integer(number), "\(answer.text)"
            )
        }
        #expect(receiver.requests.count == 100)
        #expect(served.functions.count == 1)
    }

    @Test func `head and body of an answer are written together`() throws {
        let served = try ServedFunction("listOffers", installation)
        let connection = try served.connect()
        for _ in 0..<20 {
            try connection.send("POST", "/", body: Array("{}".utf8))
            #expect(try HTTPAnswer(whole: connection.readOnce()).json["offers"] != nil)
        }
    }

    @Test func `a function that is killed costs its calls, which may be made again`() throws {
        let served = try ServedFunction("recordConversion", installation, arguments: ["--processes", "1"])
        #expect(try served.call(input("t1")).status == 200)
        // A lock in the database makes the next call wait.
        let lock = try installation.database.connect()
        try lock.execute(script: "BEGIN; LOCK TABLE conversions IN ACCESS EXCLUSIVE MODE")
        let waiting = try served.connect()
        try waiting.send("POST", "/", body: Array(input("t2").utf8))
        try installation.database.waitForLock(of: "recordConversion")
        for process in served.functions { Signals.send(SIGKILL, to: process) }
        let answer = try waiting.receive()
        #expect(answer.status == 503 && answer.headers["retry-after"] == "1", "\(answer.text)")
        try lock.execute(script: "COMMIT")
        #expect(try served.call(input("t2")).status == 200)
    }

    @Test func `PORT says where it listens, for other machines too`() throws {
        let port = try PlatformPrograms.freePort()
        let served = try ServedFunction("listOffers", installation, environment: ["PORT": "\(port)"])
        #expect(served.port == port)
        #expect(try served.call("{}").status == 200)
        for wrong in ["http", "65536"] {
            let outcome = try Programs.run(
                "postbacks", ["serve", "--function", "listOffers"],
                environment: installation.environment.merging(["PORT": wrong]) { $1 })
            #expect(outcome.status == .exited(78) && outcome.errorText.contains("PORT"), "\(outcome.errorText)")
        }
        let taken = try Programs.run(
            "postbacks", ["serve", "--function", "listOffers", "--port", "\(port)"],
            environment: installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 })
        #expect(taken.status == .exited(78) && taken.errorText.contains("--port"), "\(taken.errorText)")
    }

    @Test(arguments: [
        (["--function", "recordConversions"], "recordConversion"), (["--drain", "5"], "--function"),
        (["--function", "listOffers", "--processes", "0"], "--processes"),
        (["--function", "listOffers", "--drain", "-1"], "--drain"),
        (["--function", "listOffers", "--port", "99999"], "--port"),
    ])
    func `wrong options are refused, with what would be right`(options: [String], named: String) throws {
        let outcome = try Programs.run("postbacks", ["serve"] + options)
        #expect(outcome.status == .exited(64))
        #expect(outcome.errorText.contains(named), "\(outcome.errorText)")
    }
}
