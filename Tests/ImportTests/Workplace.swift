import JSON
import Postgres
import System
import TestSupport

/// An installation with an offer and an affiliate, and a folder for files to import.
struct Workplace {
    let installation: Installation
    private let folder: TemporaryFolder

    static func make() throws -> Workplace {
        let installation = try Installation.make()
        try installation.configure(offer: ["goalsEnabled": true, "goals": [["id": "g", "name": "Goal"]]])
        return Workplace(installation: installation, folder: try TemporaryFolder())
    }

    func addPostback(on status: String = "pending") throws {
        try installation.createPostback([
            "conversionStatus": .string(status), "url": "http://t.example/{transaction_id}?s={status}",
        ])
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try FileSystem.write(text, to: path(name))
        return path(name)
    }

    func read(_ name: String) throws -> String { String(decoding: try FileSystem.read(path(name)), as: UTF8.self) }

    /// Runs `postbacks` in the folder.
    func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, input: input, environment: environment)
    }

    func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Outcome {
        let outcome = try ChildProcess.run(
            Programs.path("postbacks"), arguments,
            environment: Programs.environment(installation.environment.merging(environment) { $1 }),
            directory: folder.path, input: Array(input.utf8), timeout: .seconds(300))
        return Outcome(status: outcome.status, text: outcome.text, log: outcome.errorText)
    }

    struct Outcome {
        let status: ChildProcess.ExitStatus
        let text: String
        let log: String
    }

    /// The lines of a results file behind the first, in the order of the rows; of a row that is there several times the last.
    func results(_ name: String) throws -> [JSON] {
        var lines: [Int: JSON] = [:]
        for line in try FileSystem.read(path(name)).split(separator: UInt8(ascii: "\n")).dropFirst() {
            let json = try JSON(parsing: Array(line))
            lines[json["row"]?.integer ?? 0] = json
        }
        return lines.sorted { $0.key < $1.key }.map(\.value)
    }

    func words(_ name: String) throws -> [String] { try results(name).map { $0["result"]?.text ?? "" } }
}
