package import FunctionRuntime
import Input
import System

/// The settings of the gateway: the address, the functions, and others.
package struct GatewaySettings: Sendable {
    package var host = "127.0.0.1"
    package var port = 8080

    package init() {}

    package static let usage = """
        usage: postbacks-gateway [--host ADDRESS] [--port PORT]
          --host     the address to listen on (default: 127.0.0.1); any other than one of
                     this machine needs a key: postbacks keys create
          --port     the port; 0 lets the system choose one (default: 8080)
          --version  the version
          --help     this
        `postbacks serve` finds the database and the functions, and starts it.
        """

    /// - Throws: an error that names the wrong word.
    package init(arguments: [String]) throws(FunctionError) {
        var words = arguments[...]
        while let word = words.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard ["--host", "--port"].contains(parts[0]) else {
                let hint = Spelling.hint(for: word, among: ["--host", "--port", "--version", "--help"])
                throw FunctionError(
                    .invalidRequest, "unexpected argument \"\(word)\"\(hint); see postbacks-gateway --help")
            }
            guard let value = parts.count > 1 ? parts[1] : words.popFirst(), !value.isEmpty else {
                throw FunctionError(.invalidRequest, "\(parts[0]) needs a value")
            }
            if parts[0] == "--host" {
                host = value
            } else {
                guard let number = Int(value), (0...65535).contains(number) else {
                    throw FunctionError(.invalidRequest, "--port must be a number from 0 to 65535")
                }
                port = number
            }
        }
    }

    /// Whether only this machine can connect.
    package var isLocal: Bool { HostRules.isLoopback(host) }

    /// The URL of a server that listens on this port.
    package func url(port: Int) -> String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension Setting<[String]> {
    package static var hosts: Setting {
        Setting(
            "POSTBACKS_HOSTS", default: "",
            "names under which the gateway answers besides its address and localhost, comma-separated, such as postbacks.example.com"
        ) { text throws(Invalid) in
            let names = text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
            for name in names where name.contains("/") || name.contains(" ") || name.contains("*") {
                throw Invalid("must be names or addresses, each with or without a port, separated by commas")
            }
            return names
        }
    }
}

extension FunctionProgram {
    /// The functions in the folder. `attempt` is the time limit of one attempt of deliverPostback.
    package static func all(
        in folder: String, environment: [String: String], attempt: Duration
    ) -> [FunctionProgram] {
        FunctionNames.all.filter { Executable.isExecutable("\(folder)/\($0)") }.map { name in
            FunctionProgram(
                name: name, path: "\(folder)/\(name)",
                environment: FunctionNames.environment(of: name, from: environment),
                limits: .of(name, attempt: attempt))
        }
    }
}
