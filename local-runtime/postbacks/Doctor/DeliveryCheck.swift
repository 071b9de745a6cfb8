import JSON
import Poller
import System

/// Tries deliverPostback with one line. Its URL leads to a port of this machine that answers no TLS handshake, so that
/// nothing is sent, but everything is checked that sending needs: the program, its settings, and the certificates to
/// trust.
enum DeliveryCheck {
    private static func line(_ port: UInt16) -> String {
        #"{"id":1,"input":{"deliveryId":1,"attempt":1,"postback":{"url":"https://127.0.0.1:\#(port)/","#
            + #""httpType":"GET"},"event":{"status":"done"},"conversion":{"offer":{"id":"o"},"affiliate":{"id":"a"}}}}"#
            + "\n"
    }

    /// Lets a platform make the same attempt, at the place where it runs deliverPostback.
    static func run(_ remote: Poller.DeliveryProgram) -> Finding {
        finding(remote.path, environment: remote.environment, good: "deliverPostback answers on its platform")
    }

    static func run(_ program: String, environment: [String: String]) -> Finding {
        var environment = environment
        for name in ["POSTBACKS_ALLOW_CIDRS", "POSTBACKS_PROXY"] {
            environment[name] = nil
            environment["\(name)_FILE"] = nil
        }
        environment["POSTBACKS_ALLOW_CIDRS"] = "127.0.0.1/32"
        environment["POSTBACKS_TIMEOUT"] = "1"
        environment["POSTBACKS_CONNECT_TIMEOUT"] = "1"
        return finding(program, environment: environment, good: "deliverPostback can send")
    }

    private static func finding(_ program: String, environment: [String: String], good: String) -> Finding {
        let outcome: ChildProcess.Outcome
        do throws(SystemError) {
            let listener = try TCPListener()
            outcome = try ChildProcess.run(
                program, ["--stream"], environment: environment, input: Array(line(listener.port).utf8),
                timeout: .seconds(60))
        } catch {
            return .wrong("sending", "\(program) cannot be started: \(error)")
        }
        let answer = try? JSON(parsing: outcome.output, depth: JSON.depthLimit + 2)
        if answer?["output"]?["outcome"]?.text != nil { return .good("sending", good) }
        if let message = answer?["error"]?["message"]?.text { return .wrong("sending", message) }
        return .wrong(
            "sending",
            "\(program) does not answer (\(outcome.status)): it may be of another version, or built for another system")
    }
}
