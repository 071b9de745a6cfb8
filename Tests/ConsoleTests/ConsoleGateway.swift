import Glibc
import System
import TestSupport
import Testing

/// The program `postbacks-gateway` with the console; it ends with the last reference to this object.
final class ConsoleGateway {
    private let process: ChildProcess
    let url: String

    init(_ installation: Installation, _ settings: [String: String] = [:]) throws {
        let program = try #require(Programs.gateway)
        let variables = installation.environment.merging(["POSTBACKS_FUNCTIONS": Programs.folder]) { $1 }
            .merging(settings) { $1 }
        process = try ChildProcess(
            program, ["--port", "0"], environment: Programs.environment(variables), output: .pipe, errorOutput: .null)
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            guard case .bytes(let more)? = try process.output?.read(upTo: 4096) else {
                throw DidNotHappen(description: "the gateway listens")
            }
            line += more
        }
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ")
        url = String(try #require(words.last { $0.hasPrefix("http://") }))
    }

    deinit {
        process.terminate(SIGTERM)
        _ = try? process.wait()
    }
}

extension Trait where Self == ConditionTrait {
    /// For suites that need the gateway, Chromium and its driver.
    static var withConsole: Self {
        let isBuilt = Programs.gateway != nil
        let hasBrowser = Executable.find("chromedriver") != nil && Executable.find("chromium") != nil
        return .enabled(
            if: isBuilt && hasBrowser,
            "postbacks-gateway was not built, or Debian's chromium and chromium-driver are missing: ./Tests/run builds and installs them"
        )
    }
}
