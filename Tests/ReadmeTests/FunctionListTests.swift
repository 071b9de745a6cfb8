import ArgumentParser
import Gateway
import TestSupport
import Testing

@testable import postbacks

/// Tests that every list of functions contains exactly those with a folder in `functions`.
struct FunctionListTests {
    /// The functions that use the database.
    private let withDatabase = Repository.functions.filter { $0 != "deliverPostback" }

    /// The names between backticks in a line.
    private func names(in line: Substring) -> [String] {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    @Test func `the program postbacks knows them, which doctor and invoke use`() {
        #expect(FunctionNames.all == Repository.functions)
        #expect(FunctionNames.withSecrets.allSatisfy(Repository.functions.contains))
        #expect(FunctionNames.recording.allSatisfy(Repository.functions.contains))
    }

    @Test func `Package swift builds them`() throws {
        let text = try Repository.text("Package.swift")
        let list = try #require(text.split(separator: "let databaseFunctions = [").last?.split(separator: "]").first)
        let names = list.split(separator: "\"").filter { $0.first?.isLetter == true }.map(String.init)
        #expect(names == withDatabase)
        #expect(text.contains("name: \"deliverPostback\""))
    }

    @Test func `README has them in its table`() throws {
        let lines = try Repository.text("README.md").split(separator: "\n")
        let header = try #require(lines.firstIndex(of: "| function | does |"))
        let rows = lines[(header + 2)...].prefix { $0.hasPrefix("|") }
        let firstCells = rows.compactMap { $0.split(separator: "|").first }
        #expect(firstCells.flatMap(names).sorted() == Repository.functions)
    }

    @Test func `the reference has a section for each`() throws {
        let titles = try Repository.text("functions/README.md").split(separator: "\n")
            .filter { $0.hasPrefix("## `") }.flatMap(names)
        #expect(titles.sorted() == Repository.functions)
    }

    @Test(arguments: ["the comment of roles.sql", "migrate --help"])
    func `each that uses the database stands beside the role that it needs`(place: String) throws {
        let text =
            place == "migrate --help"
            ? Migrate.configuration.discussion
            : try Repository.text("Sources/Store/Migrations/roles.sql").split(separator: "DO $$")[0].description
        // `list…` means every function whose name begins with `list`.
        let words = text.split { !$0.isLetter && $0 != "…" && $0 != "_" }.map(String.init)
        let missing = withDatabase.filter { name in
            !words.contains { $0 == name || $0.last == "…" && $0.count > 1 && name.hasPrefix($0.dropLast()) }
        }
        #expect(missing == [], "\(place)")
    }
}
