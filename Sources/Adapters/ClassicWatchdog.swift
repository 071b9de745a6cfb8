/// OpenFaaS's classic watchdog, and its of-watchdog in the mode `serializing`: a process for each request, whose body is
/// standard input. Both drop the output of a process that fails.
package enum ClassicWatchdog {
    /// Whether one of them has started this process: they put the request's method into the environment.
    package static func isUsed(in environment: [String: String]) -> Bool { environment["Http_Method"] != nil }

    /// The exit status for an answer. A final rejection is an answer that its caller has to see.
    package static func exitStatus(of answer: FunctionAnswer) -> Int32 {
        answer.isFinalRejection ? 0 : answer.exitStatus
    }
}
