import JSON
package import Receiver
import System
import Text

/// A request, possibly changed, and its secret, to be verified by the library of the Standard Webhooks project.
package struct SignatureCheck {
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package let secret: String

    package init(_ request: ReceivedRequest, _ secret: String) {
        headers = request.headers
        body = request.body
        self.secret = secret
    }

    package func replacing(_ name: String, _ value: String) -> SignatureCheck {
        var copy = self
        copy.headers = headers.map { ($0.name, $0.name.lowercased() == name ? value : $0.value) }
        return copy
    }

    /// The library's result for each request.
    package static func verify(_ checks: [SignatureCheck]) throws -> [String] {
        let lines = checks.map { check -> String in
            let headers = check.headers.map { JSON.array([.string($0.name), .string($0.value)]) }
            let line: JSON = [
                "secret": .string(check.secret), "headers": .array(headers), "body": .string(Base64.encode(check.body)),
            ]
            return "\(line.encodedText)\n"
        }
        let outcome = try ChildProcess.run(
            try Python.interpreter(with: "standardwebhooks"), ["\(FileSystem.parent(of: #filePath))/verify.py"],
            environment: Python.environment, input: Array(lines.joined().utf8), timeout: .seconds(120))
        guard outcome.status == .exited(0) else { throw DidNotHappen(description: outcome.errorText) }
        return outcome.text.split(separator: "\n").map(String.init)
    }
}
