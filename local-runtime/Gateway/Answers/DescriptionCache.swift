import Adapters
import EmbeddedFiles
import FunctionRuntime
import JSON
package import Logging
import Synchronization
import System

/// The text of `/openapi.json`, made as soon as the functions have printed their schemas.
package final class DescriptionCache: Sendable {
    private let bytes = Mutex<[UInt8]?>(nil)

    /// The time in which a function has to print its schemas.
    private static let patience: Duration = .seconds(10)

    package init() {}

    /// Asks the functions, on a thread of its own.
    package func start(_ programs: [FunctionProgram], logger: Logger) {
        let isStarted = detachThread { [self] in
            var schemas: [String: JSON] = [:]
            for program in programs {
                if let schema = DescriptionCache.schema(of: program) {
                    schemas[program.name] = schema
                } else {
                    logger.error("a function tells no schema", metadata: ["function": "\(program.name)"])
                }
            }
            let document = OpenAPI.document(schemas: schemas, examples: DescriptionCache.examples)
            bytes.withLock { $0 = document.bytes + [UInt8(ascii: "\n")] }
        }
        if !isStarted { logger.error("there is no thread left to describe the functions") }
    }

    /// The fixtures of each function by their names.
    private static let examples: [String: [JSON.Member]] = {
        var examples: [String: [JSON.Member]] = [:]
        for file in EmbeddedFile.fixtures {
            let names = file.name.split(separator: "/").map(String.init)
            guard names.count == 2, let input = try? JSON(parsing: file.bytes) else { continue }
            examples[names[0], default: []].append(JSON.Member(names[1], input))
        }
        return examples
    }()

    private static func schema(of program: FunctionProgram) -> JSON? {
        let outcome = try? ChildProcess.run(
            program.path, ["--schema"], environment: program.environment, timeout: patience)
        guard let outcome, outcome.status == .exited(0) else { return nil }
        return try? JSON(parsing: outcome.output, depth: 256)
    }

    func response() throws(Refusal) -> HTTPAnswer {
        guard let bytes = bytes.withLock({ $0 }) else {
            throw .unavailable("the functions are still being asked for their schemas")
        }
        return HTTPAnswer(200, type: "application/json", bytes)
    }
}
