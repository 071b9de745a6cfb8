import JSON
import Logging
import POSIX

/// One line a call at the level debug: which function, what came of it, and how long it took. Nothing of input or answer.
struct CallLog {
    /// Nil where nothing of it would be written.
    private let logger: Logger?

    /// A level that cannot be read is for the function to refuse.
    init<F: Function>(_ type: F.Type, _ settings: Settings) {
        let logger = try? Logger(named: F.contract.name, settings)
        self.logger = logger.flatMap { $0.logLevel <= .debug ? $0 : nil }
    }

    /// The time from which a call is measured.
    func now() -> Int64 { logger == nil ? 0 : Clock.monotonicNanoseconds }

    func ended<Output>(_ answer: Result<Output, FunctionError>, since start: Int64) {
        guard let logger else { return }
        let code: String
        switch answer {
        case .success: code = "ok"
        case .failure(let error): code = error.code.rawValue
        }
        logger.debug(
            "a call", metadata: ["code": "\(code)", "milliseconds": "\((now() - start) / 1_000_000)"])
    }
}
