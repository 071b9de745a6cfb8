import FunctionRuntime
import System

/// The limits of a function: how many calls it may have under way, and how long they may take.
package struct FunctionLimits: Sendable {
    /// The calls of one function that may wait for their answers.
    package var calls = 1024
    /// The bytes of their inputs.
    package var bytes = 8 << 20
    /// The largest input in bytes that the function itself takes.
    package var inputBytes = InputLimit.usual
    /// The time for which a call waits for its answer.
    package var patience: Duration = .seconds(10)
    /// A process that has calls under way and writes nothing for this time is killed.
    package var silence: Duration = .seconds(20)
    /// A process without calls ends after this time.
    package var idleTime: Duration = .seconds(600)
    /// A process that was asked to end and has not ended after this time is killed. The gateway waits longer for its
    /// functions when it ends itself.
    package var endTime: Duration = .seconds(5)
    /// The lines that a process may have under way. The others wait in the gateway, where a call for which nobody waits
    /// any more can still be withdrawn.
    package var linesInHand = 8
    package var processes = 1
    /// The longest line that a function may write.
    package var lineBytes = 64 << 20

    package init() {}

    /// The limits of one function. `attempt` is the time limit of one attempt of deliverPostback.
    package static func of(_ name: String, attempt: Duration) -> FunctionLimits {
        var limits = FunctionLimits()
        if FunctionNames.recording.contains(name) {
            limits.processes = 2
            limits.linesInHand = 500
        }
        if name == "deliverPostback" {
            // It waits for many receivers at once.
            limits.linesInHand = 256
            limits.inputBytes = InputLimit.delivery
            limits.bytes = 64 << 20
            limits.patience = attempt + .seconds(5)
            limits.silence = attempt + .seconds(15)
        }
        return limits
    }
}

/// A function that the gateway calls.
package struct FunctionProgram: Sendable {
    package let name: String
    /// The path of the executable.
    package let path: String
    package let environment: [String: String]
    package let limits: FunctionLimits

    package init(name: String, path: String, environment: [String: String], limits: FunctionLimits) {
        self.name = name
        self.path = path
        self.environment = environment
        self.limits = limits
    }
}
