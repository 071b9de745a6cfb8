import System
import TestSupport
import Testing

/// The rules for the files of the console that can be read from the files themselves.
struct ConsoleFilesTests {
    private static let folder = "local-runtime/Console"
    private static let files: [(name: String, text: String)] = FileSystem.names(in: "\(Repository.root)/\(folder)")
        .sorted().map { ($0, (try? Repository.text("\(folder)/\($0)")) ?? "") }

    /// The pages, each of which is page.html with the script of its name.
    private static let pages = ["conversion", "conversions", "deliveries", "functions", "health", "offer", "offers"]

    @Test func `no file is larger than 12 KB`() {
        for file in Self.files { #expect(file.text.utf8.count <= 12_000, "\(file.name)") }
        #expect(Self.files.count > 20)
    }

    @Test func `all files together stay small`() {
        let size = Self.files.map(\.text.utf8.count).reduce(0, +)
        #expect(size <= 120_900, "\(size) bytes")
    }

    @Test func `no script makes markup, runs text, or styles an element by itself`() {
        let forbidden = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "createContextualFragment",
            "eval(", "new Function", "srcdoc", "style:", ".style.", "localStorage", "sessionStorage",
        ]
        for file in Self.files where file.name.hasSuffix(".js") {
            for word in forbidden { #expect(!file.text.contains(word), "\(file.name) contains \(word)") }
        }
    }

    @Test func `no page has a script, a style or an address from elsewhere`() {
        for file in Self.files where !file.name.hasSuffix(".js") {
            #expect(!file.text.contains("<style") && !file.text.contains("style="), "\(file.name)")
            #expect(!file.text.contains("javascript:") && !file.text.contains(" on"), "\(file.name)")
            #expect(!file.text.contains("url(") && !file.text.contains("@import"), "\(file.name)")
            let addresses = file.text.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!addresses.contains("://"), "\(file.name)")
        }
    }

    @Test func `no page loads more than 100 KB`() {
        func load(_ name: String, _ loaded: inout [String: Int]) {
            guard loaded[name] == nil, let file = Self.files.first(where: { $0.name == name }) else { return }
            loaded[name] = file.text.utf8.count
            for match in file.text.matches(of: /(?:from "\.\/|href="|src=")([a-z-]+\.(?:js|css|svg))"/) {
                load(String(match.1), &loaded)
            }
        }
        for page in Self.pages {
            var loaded: [String: Int] = [:]
            load("page.html", &loaded)
            load("\(page).js", &loaded)
            let size = loaded.values.reduce(0, +)
            #expect(size < 100_000, "\(page) loads \(size) bytes")
        }
    }

    @Test func `every file that a page or a script names is there`() throws {
        let names = Set(Self.files.map(\.name))
        for page in Self.pages { #expect(names.contains("\(page).js")) }
        for file in Self.files {
            for match in file.text.matches(of: /(?:from "\.\/|href="|src=")([a-z-]+\.[a-z]+)"/) {
                #expect(names.contains(String(match.1)), "\(file.name) names \(match.1)")
            }
        }
    }
}
