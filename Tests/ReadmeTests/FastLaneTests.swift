import TestSupport
import Testing

/// `Tests/fast` lists the suites that need no server and start no process. The others block their threads.
struct FastLaneTests {
    /// A suite that uses one of these names needs a server, a process or its own thread.
    private static let needs: Set<Substring> = [
        "ChildProcess", "Connection", "EmbeddedServer", "Executable", "ForwardProxy", "HTTPClient", "Installation",
        "LineProcess", "PgBouncer", "Programs", "PseudoTerminal", "Python", "Receiver", "RunningPoller",
        "RunningReceiver", "TestDatabase", "Thread", "WarmFunction", "ownThreads", "waitUntil",
    ]

    /// The name of a test target, and its folder.
    private static let targets =
        Repository.folders(in: "Tests").filter { $0.hasSuffix("Tests") }.map { (name: $0, folder: "Tests/\($0)") }
        + [(name: "FuzzTests", folder: "Tests/Faults/Fuzz")]

    /// The words in the code of a file, without imports, comments, string literals and names of tests.
    private static func words(of text: String) -> Set<Substring> {
        func outside(_ mark: Character, _ line: Substring) -> [Substring] {
            line.split(separator: mark, omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        }
        let lines = text.split(separator: "\n").filter { line in
            let line = line.drop { $0 == " " }
            return !line.hasPrefix("//") && !line.hasPrefix("import ") && !line.hasPrefix("@testable import ")
        }
        let code = lines.flatMap { outside("`", $0) }.flatMap { outside("\"", $0) }
        return Set(code.flatMap { $0.split { !$0.isLetter } })
    }

    /// The names of the types that a file declares.
    private static func types(of text: String) -> [Substring] {
        text.split(separator: "\n").flatMap { line in
            let words = line.split(separator: " ").map { $0.prefix { $0.isLetter } }
            return zip(words, words.dropFirst()).filter { ["struct", "class", "enum"].contains($0.0) }.map(\.1)
        }
    }

    /// The suites of a target that need no server and no process, and all suites. A file needs what the types that it
    /// uses need.
    private static func suites(in folder: String) throws -> (free: [String], all: [String]) {
        let files = try Repository.swiftFiles(in: folder).map { path in
            let text = try Repository.text(path)
            let types = types(of: text)
            let isSuite = text.contains("@Test")
            return (words: words(of: text), types: types, suites: isSuite ? types.filter { $0.hasSuffix("Tests") } : [])
        }
        var needs = Self.needs
        while true {
            let found = files.filter { $0.suites.isEmpty && !$0.words.isDisjoint(with: needs) }.flatMap(\.types)
            if needs.isSuperset(of: found) { break }
            needs.formUnion(found)
        }
        let free = files.filter { $0.words.isDisjoint(with: needs) }
        return (free.flatMap(\.suites).map(String.init), files.flatMap(\.suites).map(String.init))
    }

    @Test func `the list has every suite that needs no server and starts no process, and no other`() throws {
        let lines = try Repository.text("Tests/fast").split(separator: "\n").filter { !$0.hasPrefix("#") }
        var expected: [String] = []
        for target in Self.targets {
            let (free, all) = try Self.suites(in: target.folder)
            let suites = free.map { "\(target.name).\($0)" }.sorted()
            let isListed = lines.contains { $0.hasSuffix(target.name) }
            expected += isListed && free.count == all.count ? [target.name] : suites
        }
        #expect(lines.map { $0.hasPrefix("- ") ? String($0.dropFirst(2)) : String($0) }.sorted() == expected.sorted())
    }

    @Test func `a suite that needs a server or a process runs on threads of its own`() throws {
        for target in Self.targets {
            let free = Set(try Self.suites(in: target.folder).free)
            for path in Repository.swiftFiles(in: target.folder) {
                let text = try Repository.text(path)
                guard text.contains("@Test"), !text.contains(".ownThreads") else { continue }
                let suites = Self.types(of: text).map(String.init).filter { $0.hasSuffix("Tests") }
                #expect(free.isSuperset(of: suites), "\(path)")
            }
        }
    }

    @Test func `suites that take seconds are left out, and only few of them`() throws {
        let left = try Repository.text("Tests/fast").split(separator: "\n").filter { $0.hasPrefix("- ") }
        #expect(left == ["- FuzzTests.CorpusTests", "- PollerTests.SlotIsolationTests"])
    }
}
