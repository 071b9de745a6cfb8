import Egress
import Foundation
import Receiver
import Synchronization
import System
import TestSupport
import TestThreads
import Testing

@testable import HTTP

/// Tests when names are looked up, and how the answers are used.
@Suite(.ownThreads) struct LookupsTests {
    /// Names and their addresses, lookup by lookup; the last ones stay.
    private final class Names: Sendable {
        private let turns: Mutex<[String: [[String]]]>
        let asked = Mutex<[String]>([])

        init(_ turns: [String: [[String]]]) { self.turns = Mutex(turns) }

        func resolver(threads: Int = 4) throws -> Resolver {
            try Resolver(threads: threads) { name in
                self.asked.withLock { $0.append(name) }
                let literals = self.turns.withLock { turns -> [String]? in
                    guard let all = turns[name] else { return nil }
                    if all.count > 1 { turns[name] = Array(all.dropFirst()) }
                    return all[0]
                }
                guard let literals else { return .failure(NameLookupFailure("no such name")) }
                return .success(literals.compactMap { IPAddress(literal: $0) })
            }
        }

        var count: Int { asked.withLock { $0.count } }
    }

    private func client(_ resolver: Resolver, connect: Duration = .seconds(60), remembering: Duration? = nil) throws
        -> HTTPClient
    {
        try HTTPClient(
            egress: EgressRules(allowing: "127.0.0.1"),
            limits: HTTPLimits(connect: connect, total: .milliseconds(60_000)), resolver: resolver,
            nameLifetime: remembering ?? KnownNames.lifetime)
    }

    @Test func `a name is dialled where its lookup says, and nowhere else`() throws {
        let receiver = try RunningReceiver()
        // The name is not in DNS, so a look-up by curl itself would have failed.
        let names = Names(["t.invalid": [["127.0.0.1"]]])
        let completion = try client(names.resolver()).send(HTTPRequest(url: "http://t.invalid:\(receiver.port)/"))
        #expect(completion.response?.status == 200, "\(completion)")
        #expect(receiver.requests.first?.header("Host") == "t.invalid:\(receiver.port)")
        #expect(completion.remoteAddress == "127.0.0.1")
    }

    @Test(arguments: [
        ["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"], ["::1", "127.0.0.1"],
        ["127.0.0.1", "127.0.0.2"], ["127.0.0.1", "::ffff:127.0.0.2"],
    ])
    func `one forbidden address refuses the name`(addresses: [String]) throws {
        let receiver = try RunningReceiver()
        let names = Names(["t.invalid": [addresses]])
        let completion = try client(names.resolver()).send(HTTPRequest(url: "http://t.invalid:\(receiver.port)/"))
        #expect(completion.failure?.kind == .forbiddenTarget, "\(completion)")
        #expect(completion.failure?.message.hasPrefix("t.invalid: ") == true)
        #expect(receiver.acceptedConnections == 0)
    }

    @Test func `a connection that is kept does not outlive the lookup that allowed it`() throws {
        let receiver = try RunningReceiver()
        let names = Names(["t.invalid": [["127.0.0.1"], ["127.0.0.2"]]])
        let client = try client(names.resolver(), remembering: .zero)
        let request = HTTPRequest(url: "http://t.invalid:\(receiver.port)/")
        #expect(client.send(request).response?.status == 200)
        #expect(client.send(request).failure?.kind == .forbiddenTarget)
        #expect(receiver.requests.count == 1)
    }

    @Test func `many requests wait for one lookup, and later ones for none`() throws {
        let receiver = try RunningReceiver()
        let names = Names(["t.invalid": [["127.0.0.1"]]])
        let client = try client(names.resolver())
        let url = "http://T.Invalid:\(receiver.port)/"
        for id in 0..<100 { client.start(HTTPRequest(url: url), id: UInt64(id)) }
        #expect(client.inFlight == 100)
        #expect(client.finish().allSatisfy { $0.response?.status == 200 })
        let last = client.send(HTTPRequest(url: url))
        #expect(last.response?.status == 200)
        #expect(last.timing.dnsMs == 0)
        #expect(last.timing.connectMs == 0)
        #expect(names.count == 1)
    }

    @Test func `a connection serves one request after another to a name`() throws {
        let receiver = try RunningReceiver()
        let names = Names(["t.invalid": [["127.0.0.1"]]])
        // The name is looked up each time, and the connection is still the same.
        let client = try client(names.resolver(), remembering: .zero)
        for _ in 0..<20 {
            #expect(client.send(HTTPRequest(url: "http://t.invalid:\(receiver.port)/")).response?.status == 200)
        }
        #expect(Set(receiver.requests.map(\.connection)) == [1])
        #expect(names.count == 20)
    }

    @Test func `after a failure to connect a name is looked up anew`() throws {
        let names = Names(["t.invalid": [["127.0.0.1"]]])
        let client = try client(names.resolver())
        let port = try TCPListener().port
        for _ in 0..<3 {
            #expect(client.send(HTTPRequest(url: "http://t.invalid:\(port)/")).failure?.kind == .connect)
        }
        #expect(names.count == 3)
    }

    @Test func `a name without an address is a DNS failure`() throws {
        let names = Names(["empty.invalid": [[]]])
        let client = try client(names.resolver())
        for name in ["none.invalid", "empty.invalid"] {
            let completion = client.send(HTTPRequest(url: "http://\(name)/"))
            #expect(completion.failure?.kind == .dns)
            #expect(completion.failure?.message.hasPrefix("\(name) has no address") == true)
            #expect(completion.timing.dnsMs == completion.timing.totalMs)
        }
    }

    @Test func `stuck lookups hold up neither names that were found before nor addresses`() throws {
        let receiver = try RunningReceiver()
        let known = Names(["t.invalid": [["127.0.0.1"]]])
        let end = Mutex(false)
        let running = Mutex((now: 0, most: 0))
        let resolver = try Resolver(threads: 8) { name in
            if name == "t.invalid" {
                known.asked.withLock { $0.append(name) }
                return .success([IPAddress(literal: "127.0.0.1")].compactMap(\.self))
            }
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            while !end.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.005) }
            running.withLock { $0.now -= 1 }
            return .failure(NameLookupFailure("at last"))
        } doServersAnswer: {
            true
        }
        defer { end.withLock { $0 = true } }
        let client = try client(resolver, connect: .milliseconds(2_000), remembering: .zero)
        let good = HTTPRequest(url: "http://t.invalid:\(receiver.port)/")
        #expect(client.send(good).response?.status == 200)
        for id in 0..<50 { client.start(HTTPRequest(url: "http://stuck\(id).invalid/"), id: UInt64(100 + id)) }
        client.start(good, id: 1)
        client.start(HTTPRequest(url: receiver.url), id: 2)
        var first: [HTTPCompletion] = []
        while first.count < 2 { first += client.turn(atMost: .milliseconds(1_000)).completions }
        #expect(Set(first.map(\.id)) == [1, 2])
        #expect(first.allSatisfy { $0.response?.status == 200 })
        let late = client.finish()
        #expect(late.count == 50)
        #expect(late.allSatisfy { $0.failure?.kind == .timeout }, "\(late)")
        // Two of the eight threads are for names that were found before.
        #expect(running.withLock { $0.most } == 6)
        #expect(known.count == 2)
        // A second lookup of the same name needs no other thread.
        let again = client.send(HTTPRequest(url: "http://stuck0.invalid/"))
        #expect(again.failure?.kind == .timeout)
        #expect(running.withLock { $0.most } == 6)
    }

    @Test(arguments: [(false, HTTPFailure.Kind.unavailableHere), (true, .timeout)])
    func `a lookup that is too slow is the name's fault only if the system's name servers answer others`(
        doServersAnswer: Bool, kind: HTTPFailure.Kind
    ) throws {
        let end = Mutex(false)
        let asked = Mutex(0)
        let resolver = try Resolver(threads: 4) { _ in
            while !end.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.005) }
            return .failure(NameLookupFailure("at last"))
        } doServersAnswer: {
            asked.withLock { $0 += 1 }
            return doServersAnswer
        }
        defer { end.withLock { $0 = true } }
        let client = try client(resolver, connect: .milliseconds(2_000), remembering: .zero)
        for id in 0..<20 { client.start(HTTPRequest(url: "http://stuck\(id % 4).invalid/"), id: UInt64(id)) }
        let late = client.finish()
        #expect(late.count == 20 && late.allSatisfy { $0.failure?.kind == kind }, "\(late)")
        #expect(asked.withLock { $0 } <= 2)
    }

    @Test(arguments: [false, true])
    func `an answer for which nobody waited any more says nothing to a later request`(isFound: Bool) throws {
        let receiver = try RunningReceiver()
        let end = Mutex(false)
        let count = Mutex(0)
        let resolver = try Resolver(threads: 4) { _ in
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            if !isFirst { return .success([IPAddress(literal: "127.0.0.1")].compactMap(\.self)) }
            while !end.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.005) }
            if isFound { return .success([IPAddress(literal: "10.0.0.1")].compactMap(\.self)) }
            return .failure(NameLookupFailure("Temporary failure in name resolution"))
        } doServersAnswer: {
            true
        }
        let client = try client(resolver, connect: .milliseconds(5_000), remembering: .zero)
        let request = HTTPRequest(url: "http://t.invalid:\(receiver.port)/")
        #expect(client.send(request).failure?.kind == .timeout)
        end.withLock { $0 = true }
        try waitUntil("the late answer is there") { isReadable(resolver.signal.number) }
        let later = client.send(request)
        #expect(later.response?.status == 200, "\(later)")
        #expect(count.withLock { $0 } == 2)
    }
}

private func isReadable(_ descriptor: CInt) -> Bool {
    var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    return unsafe poll(&descriptors, 1, 0) == 1
}
