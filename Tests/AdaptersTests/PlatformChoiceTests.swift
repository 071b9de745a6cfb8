import Adapters
import Testing

struct PlatformChoiceTests {
    private func name(_ environment: [String: String], hasArguments: Bool = false) -> String {
        switch Platform(environment: environment, hasArguments: hasArguments) {
        case .cgi: "CGI"
        case .payloadFile(let file): "file \(file.path)"
        case .openWhisk: "OpenWhisk"
        case .classicWatchdog: "watchdog"
        case .none: "none"
        }
    }

    @Test(
        arguments: [
            (["GATEWAY_INTERFACE": "CGI/1.1", "Http_Method": "POST"], "CGI"), (["PAYLOAD_FILE": "/f"], "file /f"),
            (["PAYLOAD_FILE": ""], "none"), (["__OW_PROXY_VERSION": "1"], "OpenWhisk"),
            (["Http_Method": "GET"], "watchdog"),
            (["PATH": "/bin"], "none"),
        ] as [([String: String], String)])
    func `the environment shows the platform`(environment: [String: String], platform: String) {
        #expect(name(environment) == platform)
    }

    @Test func `an argument shows that it was not the platform, except for CGI, where the query may be one`() {
        #expect(name(["PAYLOAD_FILE": "/f"], hasArguments: true) == "none")
        #expect(name(["__OW_PROXY_VERSION": "1"], hasArguments: true) == "none")
        #expect(name(["GATEWAY_INTERFACE": "CGI/1.1"], hasArguments: true) == "CGI")
    }

    @Test func `a function that a program on a platform starts is not called by the platform`() {
        let environment = Platform.environmentOfWarm(["GATEWAY_INTERFACE": "CGI/1.1", "PATH": "/bin"])
        #expect(environment == ["PATH": "/bin"])
    }

    @Test func `a watchdog gets a final rejection as an answer`() {
        let statuses: [(Int32, Int32)] = [(0, 0), (65, 0), (66, 0), (67, 0), (70, 70), (75, 75), (78, 78)]
        for (exitStatus, told) in statuses {
            #expect(ClassicWatchdog.exitStatus(of: FunctionAnswer(exitStatus: exitStatus, object: [])) == told)
        }
    }
}
