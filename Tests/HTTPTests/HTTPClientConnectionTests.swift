import Foundation
import HTTP
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests which addresses the client dials, and how often.
@Suite(.ownThreads) struct HTTPClientConnectionTests {
    @Test(arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
    func `a forbidden address is not dialled, however it is written`(host: String) throws {
        let receiver = try RunningReceiver()
        let completion = try HTTPClient.make(allowing: "").send(HTTPRequest(url: "http://\(host):\(receiver.port)/"))
        #expect(completion.failure?.kind == .forbiddenTarget)
        #expect(completion.failure?.message.hasSuffix("may not be dialled: loopback") == true, "\(completion)")
        #expect(completion.remoteAddress == nil)
        #expect(receiver.acceptedConnections == 0)
    }

    @Test(arguments: [
        ("[::ffff:127.0.0.1]", "loopback"), ("[::1]", "loopback"), ("0", "this network"),
        ("169.254.169.254", "cloud metadata"),
    ])
    func `the reason is the address's own`(host: String, reason: String) throws {
        let completion = try HTTPClient.make(allowing: "").send(HTTPRequest(url: "http://\(host):1/"))
        #expect(completion.failure?.kind == .forbiddenTarget)
        #expect(completion.failure?.message.hasSuffix(reason) == true, "\(completion)")
    }

    @Test func `nobody there is no connection`() throws {
        let port = try TCPListener().port
        let completion = try HTTPClient.make().send(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
        #expect(completion.failure?.kind == .connect)
        #expect(!completion.isSent)
    }

    @Test func `a connection that is cut after the request was handed over is one that was sent`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .reset))
        let completion = try HTTPClient.make().send(HTTPRequest(url: receiver.url))
        #expect(completion.failure?.kind == .connect)
        #expect(completion.isSent)
    }

    @Test func `a name that does not exist is a DNS failure`() throws {
        let completion = try HTTPClient.make().send(HTTPRequest(url: "http://postbacks.invalid/"))
        #expect(completion.failure?.kind == .dns)
        #expect(!completion.isSent)
    }

    @Test func `a server without TLS is a TLS failure`() throws {
        let receiver = try RunningReceiver()
        let completion = try HTTPClient.make().send(HTTPRequest(url: "https://127.0.0.1:\(receiver.port)/"))
        #expect(completion.failure?.kind == .tls)
        #expect(!completion.isSent)
    }

    @Test func `a connection serves one request after another`() throws {
        let receiver = try RunningReceiver()
        let client = try HTTPClient.make()
        let first = client.send(HTTPRequest(url: receiver.url))
        #expect(first.timing.connectMs > 0)
        for _ in 0..<20 {
            let completion = client.send(HTTPRequest(method: "POST", url: receiver.url, body: [1]))
            #expect(completion.response?.status == 200)
            #expect(completion.timing.connectMs == 0)
        }
        #expect(Set(receiver.requests.map(\.connection)) == [1])
    }

    @Test func `what is answered beyond the answer is not taken for the next one`() throws {
        let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        let receiver = try RunningReceiver(ReceiverBehaviour(manner: .bytes(Array((good + good).utf8))))
        let client = try HTTPClient.make()
        #expect(client.send(HTTPRequest(url: receiver.url)).response?.status == 200)
        receiver.behave(ReceiverBehaviour(statuses: [500]))
        #expect(client.send(HTTPRequest(url: receiver.url)).response?.status == 500)
    }

    @Test func `hundreds are in flight at once`() throws {
        let receiver = try RunningReceiver(ReceiverBehaviour(delay: .milliseconds(50)))
        let client = try HTTPClient.make()
        for id in 0..<500 { client.start(HTTPRequest(url: "\(receiver.url)/\(id)"), id: UInt64(id)) }
        #expect(client.inFlight == 500)
        let completions = client.finish()
        #expect(completions.allSatisfy { $0.response?.status == 200 })
        #expect(Set(completions.map(\.id)) == Set(0..<500))
        #expect(Set(receiver.requests.map(\.target)).count == 500)
    }

    @Test func `one that hangs does not hold up the others`() throws {
        let slow = try RunningReceiver(ReceiverBehaviour(manner: .silence))
        let fast = try RunningReceiver()
        let client = try HTTPClient.make()
        client.start(HTTPRequest(url: slow.url), id: 1)
        for id in 2...20 { client.start(HTTPRequest(url: fast.url), id: UInt64(id)) }
        var ids: [UInt64] = []
        while ids.count < 19 { ids += client.turn(atMost: .milliseconds(1_000)).completions.map(\.id) }
        #expect(Set(ids) == Set(2...20))
        #expect(client.inFlight == 1)
    }

    @Test func `a turn ends when a descriptor becomes readable`() throws {
        let (read, write) = try Descriptor.pipe()
        let client = try HTTPClient.make()
        #expect(client.turn(alsoWaitingFor: [read.number], atMost: .zero).ready == false)
        try write.writeAll([1])
        #expect(client.turn(alsoWaitingFor: [read.number], atMost: .milliseconds(60_000)).ready)
    }

    @Test func `what comes while nobody has asked is no answer to the next request`() throws {
        let listener = try TCPListener()
        try listener.descriptor.setNonBlocking()
        let client = try HTTPClient.make()
        var connections: [Descriptor] = []
        func answer(to path: String) throws -> HTTPCompletion {
            client.start(HTTPRequest(url: "http://127.0.0.1:\(listener.port)\(path)"), id: 7)
            while true {
                if let completion = client.turn(atMost: .milliseconds(10)).completions.first { return completion }
                if let connection = try listener.accept() {
                    try connection.setNoDelay()
                    connections.append(connection)
                }
                for connection in connections {
                    guard case .bytes(let bytes)? = try? connection.read(upTo: 65536) else { continue }
                    let asked = String(decoding: bytes, as: UTF8.self).split(separator: " ")[1]
                    try connection.writeAll(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\(asked)".utf8))
                }
            }
        }
        #expect(try answer(to: "/1").response?.body == Array("/1".utf8))
        #expect(try answer(to: "/2").response?.body == Array("/2".utf8))
        #expect(connections.count == 1)
        try connections[0].writeAll(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno".utf8))
        let next = try answer(to: "/3")
        #expect(next.response?.body == Array("/3".utf8), "\(next)")
        #expect(connections.count == 2)
        #expect(try answer(to: "/4").response?.body == Array("/4".utf8))
    }
}
