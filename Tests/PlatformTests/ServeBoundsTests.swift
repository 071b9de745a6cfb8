import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests what `postbacks serve --function` does with requests that are too large, too slow or too many.
@Suite(.ownThreads) struct ServeBoundsTests {
    private let installation: Installation

    init() throws { installation = try Installation.make() }

    @Test func `a head or body that is too large is refused, and a body of 1 MiB is not`() throws {
        let served = try ServedFunction("listOffers", installation)
        let largest = String(repeating: " ", count: (1 << 20) - 2) + "{}"
        #expect(try served.call(largest).status == 200)
        #expect(try served.call(" " + largest).status == 413)
        #expect(try served.call("{}", ["X": String(repeating: "x", count: 16 << 10)]).status == 431)
        let chunked = try served.connect()
        try chunked.write("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<17 {
            guard (try? chunked.write("10000\r\n\(String(repeating: " ", count: 0x10000))\r\n")) != nil else { break }
        }
        #expect(try chunked.receive().status == 413)
        #expect(try served.call("{}").status == 200)
    }

    @Test func `deliverPostback takes the 4 MiB that it takes without a server, and no byte more`() throws {
        let served = try ServedFunction("deliverPostback", installation)
        let largest = String(repeating: " ", count: (4 << 20) - 2) + "{}"
        // It is the function that misses fields.
        let answer = try served.call(largest)
        #expect(answer.status == 400 && answer.code == "invalid_request", "\(answer.json)")
        #expect(try Programs.run("deliverPostback", input: largest).text.contains("invalid_request"))
        #expect(try served.call(" " + largest).status == 413)
        #expect(try Programs.run("deliverPostback", input: " " + largest).text.contains("invalid_json"))
    }

    @Test func `a request that does not arrive in time is answered with 408, and the connection is closed`() throws {
        let served = try ServedFunction("listOffers", installation)
        let slowHead = try served.connect()
        try slowHead.write("POST / HTTP/1.1\r\nHo")
        let slowBody = try served.connect()
        try slowBody.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{")
        for connection in [slowHead, slowBody] {
            let answer = try connection.receive()
            #expect(answer.status == 408 && answer.headers["connection"] == "close")
            #expect(try connection.waitForEnd())
        }
    }

    @Test func `a connection above the limit gets an answer that says so at once`() throws {
        // With 230 descriptors there is room for 38 connections.
        let served = try ServedFunction("listOffers", installation, shell: "ulimit -n 230")
        var connections: [HTTPTestConnection] = []
        for _ in 0..<38 {
            let connection = try served.connect()
            try connection.send("POST", "/", body: Array("{}".utf8))
            #expect(try connection.receive().status == 200)
            connections.append(connection)
        }
        let refused = try served.connect()
        let answer = try refused.receive()
        #expect(answer.status == 503 && answer.headers["retry-after"] == "1" && answer.headers["connection"] == "close")
        #expect(try refused.waitForEnd())
        connections.removeLast(10)
        try waitUntil("there is room again") { try served.call("{}").status == 200 }
    }

    @Test func `garbage, a broken connection and half a request harm nobody`() throws {
        let served = try ServedFunction("listOffers", installation)
        for text in [
            "\u{16}\u{3}\u{1}\u{2}", "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", "POST / HTTP/9\r\n\r\n",
            "\r\n\r\nx",
        ] {
            let connection = try served.connect()
            try connection.write(text)
            connection.closeOutput()
            _ = try connection.waitForEnd()
        }
        for _ in 0..<50 { try served.connect().write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{") }
        #expect(try served.call("{}").status == 200)
    }

    @Test func `a caller that closes its side is answered, and one that is gone is forgotten`() throws {
        let served = try ServedFunction("listOffers", installation)
        let connection = try served.connect()
        try connection.send("POST", "/", body: Array("{}".utf8))
        connection.closeOutput()
        #expect(try connection.receive().status == 200)
        for _ in 0..<20 { try served.connect().send("POST", "/", body: Array("{}".utf8)) }
        #expect(try served.call("{}").status == 200)
        try waitUntil("its descriptors are few") {
            FileSystem.names(in: "/proc/\(served.pid)/fd").count < 20
        }
    }
}
