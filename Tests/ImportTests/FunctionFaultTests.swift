import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests imports with a function that misbehaves.
@Suite(.ownThreads) struct FunctionFaultTests {
    /// Replaces the function by a shell script.
    private func replaceFunction(_ place: Workplace, _ script: String) throws -> [String: String] {
        let real = Programs.path("recordConversion")
        try place.write(
            "recordConversion", "#!/bin/sh\nif [ $1 = --schema ]; then exec '\(real)' --schema; fi\n\(script)\n")
        try FileSystem.setMode(0o755, of: place.path("recordConversion"))
        return ["POSTBACKS_FUNCTIONS": FileSystem.parent(of: place.path("x")), "REAL": real]
    }

    private func writeRows(_ place: Workplace, _ count: Int) throws {
        let lines = (1...count).map { #"{"offerId":"o","affiliateId":"a","transactionId":"t\#($0)"}"# + "\n" }
        try place.write("c.jsonl", lines.joined())
    }

    @Test func `one that ends in the middle is started again, and what it had not answered is sent once more`() throws {
        let place = try Workplace.make()
        // The script reads forty lines and ends; if it waited for more, the import would hang.
        let environment = try replaceFunction(place, "head -n 40 | \"$REAL\" --stream; exit 1")
        try writeRows(place, 120)
        let outcome = try place.run("import", "conversions", "c.jsonl", environment: environment)
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        let words = try place.words("c.jsonl.results.jsonl")
        #expect(words.count == 120 && Set(words).isSubset(of: ["recorded", "duplicate"]))
        #expect(try place.installation.count("conversions") == 120)
    }

    @Test func `one that keeps ending stops the import with 70`() throws {
        let place = try Workplace.make()
        let environment = try replaceFunction(place, "exit 3")
        try writeRows(place, 10)
        let outcome = try place.run("import", "conversions", "c.jsonl", environment: environment)
        #expect(outcome.status == .exited(70), "\(outcome.log)")
        #expect(outcome.log.contains("exit code 3") && outcome.log.contains("--resume"), "\(outcome.log)")
        #expect(try place.run("import", "conversions", "c.jsonl", "--resume").status == .exited(0))
        #expect(try place.words("c.jsonl.results.jsonl") == Array(repeating: "recorded", count: 10))
    }

    @Test func `a setting that is wrong stops the import with 78, and the rows are still to be done`() throws {
        let place = try Workplace.make()
        try writeRows(place, 10)
        let outcome = try place.run("import", "conversions", "c.jsonl", environment: ["LOG_LEVEL": "loud"])
        #expect(outcome.status == .exited(78), "\(outcome.log)")
        #expect(outcome.log.contains("LOG_LEVEL"))
        #expect(try place.run("import", "conversions", "c.jsonl", "--resume").status == .exited(0))
        #expect(try place.words("c.jsonl.results.jsonl") == Array(repeating: "recorded", count: 10))
    }
}
