import Configuration
import Domain
import FunctionRuntime
import Glibc
import System

/// Calls deliverPostback where a FaaS platform runs it (POSTBACKS_INVOKE). A poller starts this program instead of
/// deliverPostback; both read the same lines and write the same answers.
@main
enum RemoteProgram {
    static let name = "postbacks-remote"

    static func main() {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        do {
            switch Array(ProcessArguments.all.dropFirst()) {
            case ["--stream"]: try stream()
            case ["--version"]: try print("\(name) \(Version.current)\n")
            case ["--help"], ["-h"]: try print(help)
            default:
                throw FunctionError(.invalidRequest, "usage: \(name) --stream; `postbacks poll --invoke URL` starts it")
            }
            exit(0)
        } catch let error as FunctionError {
            try? print("\(name): \(error.message)\n", to: .standardError)
            exit(error.code.exitStatus)
        } catch let error as SystemError where error.code == EPIPE {
            exit(128 + SIGPIPE)
        } catch {
            try? print("\(name): \(error)\n", to: .standardError)
            exit(FunctionError.Code.internal.exitStatus)
        }
    }

    private static func stream() throws {
        var calls = try RemoteCalls(.ofThisProcess)
        var lines = InputLines(.standardInput)
        while !(lines.hasEnded && calls.isEmpty) {
            let isReading = !lines.hasEnded && !calls.isFull
            let turn = calls.turn(alsoWaitingFor: isReading ? Descriptor.standardInput : nil)
            if !turn.answers.isEmpty { try Descriptor.standardOutput.writeAll(turn.answers) }
            if turn.isReadable {
                for line in try lines.read() { calls.begin(line) }
            }
        }
    }

    private static func print(_ text: String, to descriptor: Descriptor = .standardOutput) throws(SystemError) {
        try descriptor.writeAll(Array(text.utf8))
    }

    private static let help = """
        postbacks-remote \(Version.current): calls deliverPostback where a FaaS platform runs it.

        usage: postbacks-remote --stream

        `postbacks poll` starts it when POSTBACKS_INVOKE or --invoke is given. It reads lines
        {"id":…,"input":{…}} as deliverPostback --stream does, sends each input by POST to one of
        the URLs, and writes {"id":…,"output":{…}}, or {"id":…,"error":{…}} where the platform
        failed. Of several URLs it takes the one with the fewest calls under way; one that fails
        gets fewer for a while.

        Settings: POSTBACKS_INVOKE, POSTBACKS_INVOKE_AUTHORIZATION, POSTBACKS_CA_FILE,
        POSTBACKS_TIMEOUT (a call may take 5 seconds more) and POSTBACKS_CONNECT_TIMEOUT. Calls of a
        Lambda function URL are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
        AWS_SESSION_TOKEN.

        """
}
