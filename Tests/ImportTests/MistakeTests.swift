import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests that mistakes of a user have their own exit statuses, never that of a bug.
@Suite(.ownThreads) struct MistakeTests {
    /// Runs a line of the shell in the place's folder, with the programs in `PATH`.
    private func shell(_ place: Workplace, _ line: String) throws -> Workplace.Outcome {
        let path = ["PATH": "\(Programs.folder):\(ProcessEnvironment["PATH"] ?? "")"]
        let outcome = try ChildProcess.run(
            "/bin/bash", ["-c", line],
            environment: Programs.environment(place.installation.environment.merging(path) { $1 }),
            directory: FileSystem.parent(of: place.path("x")), timeout: .seconds(300))
        return Workplace.Outcome(status: outcome.status, text: outcome.text, log: outcome.errorText)
    }

    private static let mistakes: [(line: String, status: CInt, message: String)] = [
        ("postbacks import conversions missing.csv", 66, "missing.csv cannot be read: No such file"),
        ("postbacks import conversions .", 66, ". is a folder"),
        ("postbacks import conversions - < .", 66, "directory"),
        ("postbacks import conversions c.csv --results .", 73, "directory"),
        ("postbacks import conversions c.csv --results missing/r.jsonl", 73, "missing/r.jsonl"),
        ("postbacks import conversions c.csv --results /dev/full", 74, "No space left"),
        ("postbacks import conversions bad.csv --results /dev/null --refused /dev/full", 74, "No space left"),
        ("postbacks import cats c.csv", 64, "cats"), ("postbacks invoke listOffers missing.json", 66, "missing.json"),
        ("postbacks invoke listOffers .", 66, "is a folder"), ("postbacks invoke listOfers", 64, "listOffers"),
        ("postbacks invoke export", 64, "there is no function export"),
        ("postbacks invoke listOffers <<< '{}' > /dev/full", 74, "No space left"),
        ("postbacks listDeliveries", 64, "postbacks invoke listDeliveries"),
        ("postbacks list-deliverys", 64, "postbacks invoke listDeliveries"), ("postbacks exprot", 64, "export"),
        ("postbacks export conversions > /dev/full", 74, "No space left"),
        ("postbacks conversions > /dev/full", 74, "No space left"),
        ("postbacks presets > /dev/full", 74, "No space left"), ("postbacks --help > /dev/full", 74, "No space left"),
        ("postbacks doctor > /dev/full", 74, "No space left"),
        ("postbacks receive --port 99999", 64, "99999"), ("postbacks receive --status none", 64, "--status"),
        ("listOffers <<< '{}' > /dev/full", 74, "No space left"),
        ("listOffers --help > /dev/full", 74, "No space left"),
        ("listOffers --stream < .", 66, "directory"), ("listOffers < .", 65, ""),
    ]

    @Test func `a mistake is named and has its status`() throws {
        let place = try Workplace.make()
        try place.write("c.csv", "offerId,affiliateId,transactionId\no,a,t\n")
        try place.write("bad.csv", "offerId,affiliateId,transactionId\nnowhere,a,t\n")
        for (line, status, message) in Self.mistakes {
            let outcome = try shell(place, line)
            #expect(outcome.status == .exited(status), "\(line): \(outcome.log)")
            #expect(outcome.log.contains(message), "\(line): \(outcome.log)")
        }
    }

    @Test func `a port that is taken is 73, and the message says what to do`() throws {
        let listener = try TCPListener()
        let outcome = try shell(try Workplace.make(), "postbacks receive --port \(listener.port)")
        #expect(outcome.status == .exited(73), "\(outcome.log)")
        #expect(outcome.log.contains("port \(listener.port)") && outcome.log.contains("give another port"))
    }

    private static let talkative = [
        "postbacks export conversions", "postbacks export conversions --format jsonl", "postbacks conversions",
        "postbacks --help", "postbacks presets", "postbacks invoke listConversions <<< '{\"limit\":1000}'",
        "listConversions <<< '{\"limit\":1000}'", "listConversions --schema",
        "for i in {1..9}; do echo '{\"id\":1,\"input\":{\"limit\":1000}}'; done | listConversions --stream",
        "postbacks import conversions c.csv --results -",
    ]

    @Test func `a reader that has enough ends it quietly`() throws {
        let place = try Workplace.make()
        _ = try place.installation.ask(
            "recordConversion",
            all: (1...1500).map { ["offerId": "o", "affiliateId": "a", "transactionId": .string("t\($0)")] })
        let rows = (1...3000).map { "o,a,t\($0),\(String(repeating: "x", count: 100))\n" }.joined()
        try place.write("c.csv", "offerId,affiliateId,transactionId,userAgent\n\(rows)")
        // A reader that has ended already, and one that ends in the middle.
        for (line, reader) in Self.talkative.flatMap({ [($0, "true"), ($0, "head -c 100 >/dev/null")] }) {
            let outcome = try shell(place, "set -o pipefail; { \(line); } | \(reader)")
            let isEnded = [.exited(0), .exited(141)].contains(outcome.status)
            #expect(isEnded, "\(line): \(outcome.status) \(outcome.log)")
            #expect(outcome.log.isEmpty, "\(line): \(outcome.log)")
        }
    }

    @Test func `--stream and --check together are refused`() throws {
        let outcome = try shell(try Workplace.make(), "listOffers --stream --check")
        #expect(outcome.status == .exited(65))
        #expect(outcome.text.contains("give one of the two"), "\(outcome.text)")
    }

    @Test(arguments: ["up", "demo", "../Tests/run", "../Tests/Benchmarks/run", "../Tests/Faults/run"])
    func `a script's help says what it does, and builds nothing`(script: String) throws {
        let folder = FileSystem.resolve("\(FileSystem.parent(of: #filePath))/../../local-runtime") ?? "."
        let outcome = try ChildProcess.run("\(folder)/\(script)", ["--help"], timeout: .seconds(60))
        #expect(outcome.status == .exited(0))
        #expect(outcome.text.contains(script.split(separator: "/").last ?? ""), "\(outcome.text)")
        #expect(!outcome.text.hasPrefix("#") && outcome.errorText.isEmpty)
    }
}
