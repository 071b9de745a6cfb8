import TestSupport
import Testing

/// Tests that the files and suites in CONTRIBUTING.md exist.
struct ContributingTests {
    /// The texts between backticks, the blocks of code included.
    private func quoted() throws -> [Substring] {
        try Repository.text("CONTRIBUTING.md").split(separator: "`")
    }

    /// Paths from the root of the repository; a path with NAME in it is a pattern.
    private func paths() throws -> Set<String> {
        let roots = [
            "Sources/", "Tests/", "functions/", "local-runtime/", ".ci/", ".github/", ".githooks/", "./Tests/",
            "./local-runtime/",
        ]
        let words = try quoted().flatMap { $0.split { $0.isWhitespace || "<>()=,;\"'".contains($0) } }
        return Set(
            words.filter { word in roots.contains { word.hasPrefix($0) } }
                .map { ($0.hasPrefix("./") ? $0.dropFirst(2) : $0).split(separator: ":")[0].description })
    }

    @Test func `every file and folder that it names exists`() throws {
        let paths = try paths()
        #expect(paths.count > 30)
        for path in paths {
            // The folder before the pattern must exist.
            let known =
                path.contains("NAME") || path.contains("*")
                ? path.prefix { $0 != "*" }.split(separator: "NAME")[0].split(separator: "/").dropLast(
                    path.prefix { $0 != "*" }.split(separator: "NAME")[0].hasSuffix("/") ? 0 : 1
                ).joined(separator: "/") : path
            #expect(Repository.has(known), "\(path)")
        }
    }

    @Test func `every suite that it names exists`() throws {
        let suites = Set(Repository.swiftFiles(in: "Tests").compactMap { $0.split(separator: "/").last?.dropLast(6) })
            .union(Repository.folders(in: "Tests").map { Substring($0) })
        let named = Set(try quoted().filter { $0.hasSuffix("Tests") && $0.allSatisfy(\.isLetter) })
        #expect(named.count > 15)
        #expect(named.subtracting(suites) == [])
    }

    @Test func `README links to it, it to SECURITY, and it is short enough to be read`() throws {
        #expect(try Repository.text("README.md").contains("](CONTRIBUTING.md)"))
        let text = try Repository.text("CONTRIBUTING.md")
        #expect(text.contains("](SECURITY.md)"))
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 190)
    }
}
