import Adapters
import EmbeddedFiles
package import FunctionRuntime
import Gateway
import JSON
package import Logging
package import System

/// The runtime of a function on AWS Lambda: it gets one call after the other from the Runtime API and returns the
/// function's answers.
package final class LambdaRuntime {
    private let api: RuntimeAPI
    private let function: LambdaFunction
    private let signals: SignalDescriptor
    private let logger: Logger

    /// The part of the time until a call's deadline that is reserved for its report: half a second, but not more than a
    /// quarter of that time.
    private static let margin: Duration = .milliseconds(500)

    package init(_ api: RuntimeAPI, _ function: LambdaFunction, signals: SignalDescriptor, logger: Logger) {
        self.api = api
        self.function = function
        self.signals = signals
        self.logger = logger
    }

    /// Checks that the function can run and that its settings can be read, without a database and without a network.
    /// - Throws: `misconfigured`, or `internal` if the program does not run.
    package func checkStart() throws(FunctionError) {
        guard let fixture = EmbeddedFile.fixtures.first(where: { $0.name == "\(function.name)/success" }) else {
            throw FunctionError(.misconfigured, "there is no function \(function.name)")
        }
        guard let output = function.check(CallLine.make(id: 1, input: fixture.bytes)),
            let answer = try? JSON(parsing: output)
        else { throw FunctionError(.internal, "\(function.name) cannot be run; the log says more") }
        // The fixture's other faults, such as an address that may not be dialled here, say nothing about the settings.
        guard let error = answer["error"], error["code"] == "misconfigured" else { return }
        throw FunctionError(.misconfigured, error["message"]?.text ?? "a setting is wrong")
    }

    /// Answers calls until a signal asks this process to end.
    /// - Throws: a failure of the Runtime API that leaves nothing to do.
    package func run() throws(RuntimeAPI.Failure) {
        while let invocation = try api.next(unless: signals.descriptor) {
            do throws(RuntimeAPI.Failure) {
                try answer(invocation)
            } catch .refused(let text) {
                // Lambda may have ended the call meanwhile, and this process gets the next one.
                logger.error(
                    "a call's report was refused", metadata: ["requestId": "\(invocation.id)", "reason": "\(text)"])
            }
        }
        function.finish()
    }

    private func answer(_ invocation: RuntimeAPI.Invocation) throws(RuntimeAPI.Failure) {
        let start = Instant.now
        function.set("_X_AMZN_TRACE_ID", to: invocation.traceID)
        let call = LambdaCall(invocation.event, of: function, until: LambdaRuntime.end(of: invocation))
        for rejection in call.rejections {
            var values = values(of: invocation, code: rejection.refusal.code)
            values["reason"] = "\(rejection.refusal.message)"
            values["message"] = rejection.message.map { "\($0)" }
            logger.warning("an input can never be accepted; it is dropped", metadata: values)
        }
        var values = values(of: invocation, code: call.code)
        values["milliseconds"] = "\(start.elapsed.wholeMilliseconds)"
        logger.debug("a call", metadata: values)
        switch call.report {
        case .answer(let body): try api.answer(invocation.id, body)
        case .failure(let failure):
            logger.error("a call has failed", metadata: values)
            try api.fail(invocation.id, type: failure.type, failure.body)
        }
    }

    /// The values that each log line of a call has.
    private func values(of invocation: RuntimeAPI.Invocation, code: String) -> Logger.Metadata {
        var values: Logger.Metadata = [
            "function": "\(function.name)", "requestId": "\(invocation.id)", "code": "\(code)",
        ]
        values["traceId"] = invocation.traceID.map { "\($0)" }
        return values
    }

    /// The time by which the function must have answered.
    private static func end(of invocation: RuntimeAPI.Invocation) -> Instant {
        guard let deadline = invocation.deadline else { return .distantFuture }
        let left = Duration.milliseconds(deadline - WallClock.unixMilliseconds)
        return .now + left - min(margin, left / 4)
    }
}

extension RuntimeAPI {
    /// Reports that the function cannot be started. Lambda ends the environment after that, and so should the caller.
    package func failStart(_ error: FunctionError) throws(Failure) {
        let failure = LambdaFailure(code: error.code.rawValue, message: error.message, error: error.json)
        try failStart(type: failure.type, failure.body)
    }
}
