import Domain
import FunctionRuntime
import Gateway
import Glibc
import Logging
import System

/// The HTTP gateway. Without the package trait `Gateway` it is built too, but only says how to build the real one.
@main
enum GatewayProgram {
    static func main() {
        CoreDump.forbid()
        Signals.ignorePipe()
        Descriptor.occupyStandardNumbers()
        let words = Array(ProcessArguments.all.dropFirst())
        do {
            switch words {
            case ["--help"], ["-h"]: try print(GatewaySettings.usage + "\n")
            case ["--version"] where isReal: try print("postbacks-gateway \(Version.current)\n")
            default: try run(words)
            }
            exit(0)
        } catch let error as FunctionError {
            try? print("postbacks-gateway: \(error.message)\n", to: .standardError)
            exit(error.code.exitStatus)
        } catch {
            try? print("postbacks-gateway: \(error)\n", to: .standardError)
            exit(FunctionError.Code.internal.exitStatus)
        }
    }

    static func print(_ text: String, to descriptor: Descriptor = .standardOutput) throws {
        try descriptor.writeAll(Array(text.utf8))
    }
}

#if !Gateway
extension GatewayProgram {
    private static let isReal = false

    private static func run(_ words: [String]) throws {
        throw FunctionError(
            .misconfigured, "it was built without the package trait Gateway; run: ./local-runtime/build --gateway")
    }
}
#endif
