import JSON
import Logging
import System

/// Logs one line for each call at the level debug: the function, the result's code and the duration. It contains
/// nothing of the input or the answer.
struct CallLog {
    /// Nil if no line would be written.
    private let logger: Logger?

    /// An invalid level turns the log off; the function itself reports the setting's fault.
    init<F: Function>(_ type: F.Type, _ settings: Settings) {
        let logger = try? Logger(named: F.contract.name, settings)
        self.logger = logger.flatMap { $0.logLevel <= .debug ? $0 : nil }
    }

    /// The start time of a call; nil if nothing is logged.
    func start() -> Instant? { logger == nil ? nil : .now }

    func ended<Output>(_ answer: Result<Output, FunctionError>, since start: Instant?) {
        guard let logger, let start else { return }
        let code: String
        switch answer {
        case .success: code = "ok"
        case .failure(let error): code = error.code.rawValue
        }
        logger.debug(
            "a call", metadata: ["code": "\(code)", "milliseconds": "\(start.elapsed.wholeMilliseconds)"])
    }
}
