import JSON
import Receiver
import System
import TestSupport
import TestThreads
import Testing

/// Runs the commands in `functions/README.md` unchanged, one after the other, and compares the answers with those below
/// them.
@Suite(.ownThreads) struct ReferenceExamplesTests {
    private struct Example {
        var command: String
        /// The parts that the answer must contain.
        var answer: String?
    }

    private func examples() throws -> [Example] {
        var examples: [Example] = []
        var isRun = false
        var block: (language: String, text: String)?
        for line in try Reference().text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            guard line.hasPrefix("```") else {
                block?.text += "\(line)\n"
                continue
            }
            switch block?.language {
            case nil:
                block = (String(line.dropFirst(3)), "")
                continue
            case "sh":
                examples.append(Example(command: block?.text ?? ""))
                isRun = true
            case "json" where isRun: examples[examples.count - 1].answer = block?.text
            default: isRun = false
            }
            block = nil
        }
        return examples
    }

    /// The processes for the examples: a poller, one receiver that accepts everything, and one that answers 410.
    private final class Stage {
        let installation: Installation
        let receiver: RunningReceiver
        let gone: RunningReceiver
        let poller: RunningPoller
        let folder: TemporaryFolder

        init() throws {
            installation = try Installation.make(["POSTBACKS_FUNCTIONS": Programs.folder])
            receiver = try RunningReceiver()
            gone = try RunningReceiver(ReceiverBehaviour(statuses: [410]))
            poller = try RunningPoller(installation)
            folder = try TemporaryFolder()
            for function in Reference.functions {
                let fixtures = "functions/\(function)/fixtures"
                try FileSystem.makeFolder("\(folder.path)/\(fixtures)")
                for name in FileSystem.names(in: "\(Reference.root)/\(fixtures)") where name.hasSuffix(".json") {
                    let text = String(
                        decoding: try FileSystem.read("\(Reference.root)/\(fixtures)/\(name)"), as: UTF8.self)
                    try FileSystem.write(withPorts(text), to: "\(folder.path)/\(fixtures)/\(name)")
                }
            }
        }

        /// Replaces the ports of the text by those of the receivers.
        private func withPorts(_ text: String) -> String {
            text.replacing("127.0.0.1:8099", with: "127.0.0.1:\(receiver.port)")
                .replacing("127.0.0.1:8098", with: "127.0.0.1:\(gone.port)")
        }

        func run(_ command: String) throws -> ChildProcess.Outcome {
            let path = "\(Programs.folder):\(ProcessEnvironment["PATH"] ?? "")"
            let outcome = try ChildProcess.run(
                "/bin/bash", ["-ec", "set -o pipefail; \(withPorts(command))"],
                environment: Programs.environment(installation.environment.merging(["PATH": path]) { $1 }),
                directory: folder.path, timeout: .seconds(120))
            try waitUntil("what is owed has been tried", timeoutSeconds: 60) {
                try ["owed", "in_flight"].allSatisfy { state in
                    try installation.ask("listDeliveries", ["state": .string(state), "limit": 1])["deliveries"] == []
                }
            }
            return outcome
        }

        func withoutPorts(_ text: String) -> String {
            text.replacing("127.0.0.1:\(receiver.port)", with: "127.0.0.1:8099")
                .replacing("127.0.0.1:\(gone.port)", with: "127.0.0.1:8098")
        }
    }

    @Test func `each command does what it says`() throws {
        let stage = try Stage()
        let examples = try examples()
        #expect(examples.count > 20)
        for example in examples {
            let outcome = try stage.run(example.command)
            #expect(outcome.status == .exited(0), "\(example.command)\(outcome.text)\(outcome.errorText)")
            guard let expected = example.answer else { continue }
            let answer = try JSON(parsing: Array(stage.withoutPorts(outcome.text).utf8))
            let missing = answer.lacks(try JSON(parsing: Array(expected.utf8)), at: "")
            #expect(missing == [], "\(example.command)\(answer.encodedText)")
        }
    }
}

extension JSON {
    /// The path at which the value differs from the expected one. Of objects only the expected members are compared.
    fileprivate func lacks(_ expected: JSON, at path: String) -> [String] {
        switch (self, expected) {
        case (.object, .object(let members)):
            members.flatMap { member -> [String] in
                let place = "\(path).\(member.name)"
                return self[member.name]?.lacks(member.value, at: place) ?? ["\(place) is missing"]
            }
        case (.array(let items), .array(let wanted)) where items.count == wanted.count:
            zip(items, wanted).enumerated().flatMap { index, pair in pair.0.lacks(pair.1, at: "\(path)[\(index)]") }
        default: self == expected ? [] : ["\(path) is \(encodedText.prefix(400))"]
        }
    }
}
