import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Tests proxies with the real function: it uses none unless the operator names one.
@Suite(.ownThreads) struct ProxyTests {
    private func deliver(_ url: String, _ environment: [String: String]) throws -> FunctionCall {
        FunctionCall(
            try Programs.run("deliverPostback", input: World.input(url).encodedText, environment: environment))
    }

    @Test(arguments: [
        ["http_proxy"], ["HTTP_PROXY"], ["all_proxy"], ["ALL_PROXY"], ["https_proxy"], ["HTTPS_PROXY"],
        ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"],
    ])
    func `the environment's proxy is not used`(names: [String]) throws {
        let receiver = try RunningReceiver()
        let proxy = try ForwardProxy(names: ["127.0.0.1": receiver.port, "t.invalid": receiver.port])
        var environment = ["POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "no_proxy": "", "NO_PROXY": ""]
        for name in names { environment[name] = "http://127.0.0.1:\(proxy.port)" }
        #expect(try deliver(receiver.url, environment).answer["outcome"] == "delivered")
        #expect(try deliver("https://127.0.0.1:\(receiver.port)/", environment).answer.at("error.code") == "tls")
        #expect(try deliver("http://t.invalid/", environment).answer.at("error.code") == "dns")
        #expect(proxy.log.isEmpty, "\(proxy.log)")
        #expect(receiver.requests.count == 1)
    }

    @Test func `a setting names one, and no_proxy takes nothing away from it`() throws {
        let receiver = try RunningReceiver()
        let proxy = try ForwardProxy(names: ["t.invalid": receiver.port])
        let environment = [
            "POSTBACKS_PROXY": "http://127.0.0.1:\(proxy.port)", "POSTBACKS_ALLOW_CIDRS": "", "no_proxy": "*,localhost",
            "NO_PROXY": "t.invalid", "http_proxy": "http://127.0.0.1:1",
        ]
        let call = try deliver("http://t.invalid/x", environment)
        #expect(call.answer["outcome"] == "delivered", "\(call.text)")
        #expect(receiver.requests.map(\.target) == ["/x"])
        #expect(
            try deliver("http://127.0.0.1:\(receiver.port)/", environment).answer.at("error.code") == "forbidden_target"
        )
        #expect(proxy.log.count == 1)
    }

    @Test func `its password is nowhere to be seen, even where somebody repeats it`() throws {
        let encoded = "YWRhOmh1bnRlcjItaHVudGVyMg=="
        let echo = ReceiverBehaviour(headers: [("X-Echo", "Basic \(encoded)")], body: "ada:hunter2-hunter2 \(encoded)")
        let receiver = try RunningReceiver(echo)
        let proxy = try ForwardProxy(names: ["t.invalid": receiver.port], secret: "ada:hunter2-hunter2")
        for address in ["127.0.0.1:\(proxy.port)", "127.0.0.1:1", "unknown.invalid:3128"] {
            for url in ["http://t.invalid/", "https://t.invalid/", "http://other.invalid/"] {
                let call = try deliver(
                    url, ["POSTBACKS_PROXY": "http://ada:hunter2%2Dhunter2@\(address)", "LOG_LEVEL": "trace"])
                // A proxy that cannot be reached does not count as an attempt.
                let isThere = address == "127.0.0.1:\(proxy.port)"
                #expect(call.status == .exited(isThere ? 0 : 75), "\(call.text)\(call.log)")
                for secret in ["hunter2", encoded] {
                    #expect(!call.text.contains(secret), "\(call.text)")
                    #expect(!call.log.contains(secret), "\(call.log)")
                }
            }
        }
        #expect(receiver.requests.count == 1)
    }

    @Test(arguments: ["hunter2", "ftp://hunter2:1", "http://u:hunter2@h", "http://h:hunter2"])
    func `what is no proxy is a wrong setting, and is not repeated`(value: String) throws {
        let call = try deliver("http://t.invalid/", ["POSTBACKS_PROXY": value])
        #expect(call.status == .exited(78))
        #expect(call.code == "misconfigured")
        #expect(call.message.hasPrefix("POSTBACKS_PROXY must "), "\(call.message)")
        #expect(!(call.text + call.log).contains("hunter2"))
    }
}
