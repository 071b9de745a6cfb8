import Egress
import Foundation
import Receiver
import Synchronization
import System
import TestSupport
import TestThreads
import Testing

@testable import HTTP

/// Tests which requests go through a proxy, and what the proxy sees of them.
@Suite(.ownThreads) struct HTTPClientProxyTests {
    private func client(
        _ proxy: ForwardProxy, scheme: String = "http", secret: String = "", trusting authorities: String? = nil
    ) throws -> HTTPClient {
        // The proxy's own address needs no entry.
        try HTTPClient(
            egress: EgressRules(), through: Proxy(parsing: "\(scheme)://\(secret)127.0.0.1:\(proxy.port)"),
            limits: HTTPLimits(connect: .milliseconds(60_000), total: .milliseconds(60_000)), trusting: authorities)
    }

    @Test func `http goes in absolute form`() throws {
        let receiver = try RunningReceiver()
        let proxy = try ForwardProxy(names: ["t.example": receiver.port])
        let request = HTTPRequest(method: "POST", url: "http://t.example/a?b=c", headers: [("X-A", "1")], body: [0x62])
        let completion = try client(proxy).send(request)
        #expect(completion.response?.status == 200, "\(completion)")
        #expect(proxy.log.first?.hasPrefix(#"["POST http://t.example/a?b=c HTTP/1.1""#) == true, "\(proxy.log)")
        let received = try #require(receiver.requests.first)
        #expect(received.target == "/a?b=c")
        #expect(received.header("Host") == "t.example")
        #expect(received.header("X-A") == "1")
        #expect(received.body == [0x62])
    }

    @Test(.enabled(if: TLSServer.isPossible))
    func `https goes through a tunnel, and the proxy sees nothing of it`() throws {
        let server = try TLSServer(names: "DNS:t.example")
        let proxy = try ForwardProxy(names: ["t.example": UInt16(server.port)])
        let client = try client(proxy, trusting: server.certificate)
        let headers = [("X-Secret", "hidden"), ("User-Agent", "postbacks/test")]
        let completion = client.send(HTTPRequest(url: "https://t.example/hidden", headers: headers))
        #expect(completion.response?.status == 200, "\(completion)")
        #expect(completion.response?.header("X-Proxy") == nil)
        #expect(completion.timing.tlsMs > 0)
        #expect(proxy.log.count == 1)
        #expect(proxy.log[0].hasPrefix(#"["CONNECT t.example:443 HTTP/1.1""#))
        #expect(!proxy.log[0].contains("hidden"))
    }

    @Test(.enabled(if: TLSServer.isPossible))
    func `a tunnel does not make another's certificate good`() throws {
        let server = try TLSServer(names: "DNS:t.example")
        let proxy = try ForwardProxy(names: ["t.example": UInt16(server.port)])
        #expect(try client(proxy).send(HTTPRequest(url: "https://t.example/")).failure?.kind == .tls)
    }

    @Test(arguments: ["http", "socks5h"])
    func `a proxy may ask for user and password`(scheme: String) throws {
        let receiver = try RunningReceiver()
        let proxy = try ForwardProxy(names: ["t.example": receiver.port], secret: "ada:pass:word")
        let request = HTTPRequest(url: "http://t.example/")
        #expect(try client(proxy, scheme: scheme, secret: "ada:pass%3aword@").send(request).response?.status == 200)
        for wrong in ["", "ada:wrong@"] {
            let failure = try client(proxy, scheme: scheme, secret: wrong).send(request).failure
            // The operator's setting is wrong, so the fault is not the delivery's.
            #expect(failure?.kind == .misconfiguredHere, "\(String(describing: failure))")
            #expect(failure?.message.contains("wrong") == false)
        }
    }

    @Test func `a SOCKS proxy gets the name`() throws {
        let receiver = try RunningReceiver()
        let proxy = try ForwardProxy(names: ["t.example": receiver.port])
        let completion = try client(proxy, scheme: "socks5h").send(HTTPRequest(url: "http://t.example/"))
        #expect(completion.response?.status == 200, "\(completion)")
        #expect(proxy.log == ["SOCKS 3 t.example"])
    }

    @Test(arguments: ["http", "socks5h"])
    func `a tunnel that the proxy refuses is no connection`(scheme: String) throws {
        let proxy = try ForwardProxy(names: [:])
        let completion = try client(proxy, scheme: scheme).send(HTTPRequest(url: "https://t.example/"))
        #expect(completion.failure?.kind == .connect, "\(completion)")
    }

    @Test(arguments: ["http", "socks5h"])
    func `a proxy that is not there is no receiver's fault`(scheme: String) throws {
        let port = try TCPListener().port
        let client = try HTTPClient(egress: EgressRules(), through: Proxy(parsing: "\(scheme)://127.0.0.1:\(port)"))
        #expect(client.send(HTTPRequest(url: "http://t.example/")).failure?.kind == .unavailableHere)
    }

    @Test(arguments: [
        "http://10.0.0.1/", "https://10.0.0.1/", "http://127.0.0.1/", "http://127.0.0.1./", "http://0x7f.1/",
        "http://2130706433/", "http://127.1/", "http://0177.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/",
        "http://%31%32%37.0.0.1/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://169.254.169.254/",
        "https://[64:ff9b::a9fe:a9fe]/", "http://[fe80::1%25lo]/",
    ])
    func `a forbidden address does not reach the proxy, however it is written`(url: String) throws {
        let proxy = try ForwardProxy(names: [:])
        for scheme in ["http", "socks5h"] {
            let completion = try client(proxy, scheme: scheme).send(HTTPRequest(url: url))
            #expect(completion.failure?.kind == .forbiddenTarget, "\(completion)")
        }
        #expect(proxy.log.isEmpty, "\(proxy.log)")
    }

    @Test func `names are the proxy's to look up`() throws {
        let receiver = try RunningReceiver()
        let proxy = try ForwardProxy(names: ["t.example": receiver.port])
        let asked = Mutex<[String]>([])
        let client = try HTTPClient(
            egress: EgressRules(), through: Proxy(parsing: "http://127.0.0.1:\(proxy.port)"), limits: HTTPLimits(),
            resolver: Resolver { name in
                asked.withLock { $0.append(name) }
                return .success([])
            })
        #expect(client.send(HTTPRequest(url: "http://t.example/")).response?.status == 200)
        #expect(asked.withLock { $0 } == [])
    }
}
