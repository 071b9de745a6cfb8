import System
import TestSupport
import TestThreads
import Testing

/// Tests that everything that ARCHITECTURE.md names exists, and that it contains every rule that other files name. They
/// need no server.
@Suite(.ownThreads) struct DocumentTests {
    @Test func `every rule that code, SQL, tests and documents name stands in it, in order`() throws {
        let rules = try Document().rules
        #expect(rules == (1...rules.count).map { "R\($0)" })
        var named: Set<String> = []
        for path in Repository.files(endingIn: [".swift", ".sql", ".md", ".sh", ".py", "run", "demo", "up"]) {
            for word in Repository.words(of: try Repository.text(path)) where Self.isRule(word) {
                named.insert(word)
                #expect(rules.contains(word), "\(path) names \(word)")
            }
        }
        #expect(named.count > 10)
    }

    private static func isRule(_ word: String) -> Bool {
        word.first == "R" && word.count > 1 && word.count < 4 && word.dropFirst().allSatisfy(\.isNumber)
    }

    @Test func `every path, type, member and name between backticks exists`() throws {
        let code = try ProductCode()
        let modules = Set(try Manifest().targets.flatMap { [$0.name] + $0.dependencies })
        let spans = Set(try Document().codeSpans)
        #expect(spans.count > 200)
        for span in spans.sorted() {
            let exists =
                switch Self.kind(of: span) {
                case .path: Repository.has(span)
                case .type: code.declares(type: span) || modules.contains(span)
                case .member(let type, let member): code.hasMember(member, of: type)
                case .name: code.words.contains(span) || modules.contains(span)
                case .text: true
                }
            #expect(exists, "\(span)")
        }
    }

    private enum Kind {
        case path
        case type
        case member(type: String, String)
        case name
        case text
    }

    private static func kind(of span: String) -> Kind {
        let isPath = span.allSatisfy { $0.isLetter || $0.isNumber || "_./+-".contains($0) } && span.contains("/")
        if isPath, !span.hasPrefix("/") { return .path }
        let parts = span.split(separator: ".").map(String.init)
        guard !parts.isEmpty, parts.allSatisfy({ Repository.words(of: $0) == [$0] }) else { return .text }
        if parts.count == 2, isType(parts[0]) { return .member(type: parts[0], parts[1]) }
        return parts.count > 1 ? .text : isType(span) ? .type : .name
    }

    private static func isType(_ name: String) -> Bool {
        name.first?.isUppercase == true && name.contains { $0.isLowercase }
    }

    @Test func `every statement that the diagrams and the table name is a file of that name, or an SQL function`()
        throws
    {
        let migrations = try Repository.files(in: "Sources/Store/Migrations", endingIn: [".sql"]).map(Repository.text)
        for name in Set(try Document().arrows().map(\.statement)).subtracting([Arrow.clock]) {
            let isFunction = migrations.contains { $0.contains("CREATE FUNCTION \(name)(") }
            #expect(Repository.file(ofStatement: name) != nil || isFunction, "\(name)")
        }
    }

    @Test func `each arrow has one walk, or one for each occasion, and each walk has an arrow`() throws {
        let drawn = try Document().arrows()
        let walked = Walk.all.map(\.arrow)
        #expect(Set(drawn).count == drawn.count)
        #expect(Set(Walk.all.map(\.testDescription)).count == walked.count)
        #expect(Set(drawn).subtracting(walked).map(\.description).sorted() == [], "arrows that no test walks")
        #expect(Set(walked).subtracting(drawn).map(\.description).sorted() == [], "walks that no diagram draws")
    }

    @Test func `no statement writes what is owed or finished but those that it names`() throws {
        let named = Set(try Document().arrows().map(\.statement))
        let writing = ["INSERT INTO", "UPDATE", "DELETE FROM"].flatMap { ["\($0) outbox", "\($0) deliveries"] }
        for path in Repository.files(in: "Sources/Store/SQL", endingIn: [".sql"]) {
            let text = try Repository.text(path)
            let name = String(path.split(separator: "/").last?.dropLast(4) ?? "")
            // These statements only fill in columns that the statements of earlier versions left empty.
            guard !["fill_deliveries", "fill_answers"].contains(name),
                writing.contains(where: { text.contains($0 + " ") })
            else { continue }
            #expect(named.contains(name), "\(path)")
        }
    }

    @Test func `the README leads to it, and it leads to its own headings`() throws {
        #expect(try Repository.text("README.md").contains("](Sources/ARCHITECTURE.md)"))
        let document = try Document()
        let anchors = document.lines.filter { $0.hasPrefix("## ") }
            .map { $0.dropFirst(3).lowercased().map { $0 == " " ? "-" : String($0) }.joined() }
        let links = document.lines.flatMap { $0.split(separator: "](#").dropFirst() }.map {
            String($0.prefix { $0 != ")" })
        }
        #expect(links == anchors)
    }
}
