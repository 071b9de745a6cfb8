import TestSupport
import Testing

/// Tests the modules in ARCHITECTURE.md and Package.swift.
struct LayerTests {
    @Test func `the table names every module of the product, its folder and all that it uses`() throws {
        var rows: [String: (folder: String, uses: [String])] = [:]
        for cells in try Document().table("module") {
            for name in Document.codeSpans(cells[0]) {
                rows[name] = (Document.codeSpans(cells[1])[0], Document.codeSpans(cells[2]).sorted())
            }
        }
        let manifest = try Manifest()
        #expect(manifest.targets.count > 35)
        #expect(rows.keys.sorted() == manifest.targets.map(\.name))
        for target in manifest.targets {
            let row = try #require(rows[target.name], "\(target.name)")
            #expect(row.folder == target.folder, "\(target.name)")
            #expect(row.uses == target.dependencies, "\(target.name)")
        }
    }

    @Test func `each module stands in the picture, above all that it uses`() throws {
        let picture = try #require(try Document().blocks.first { $0.language == "text" }).lines
        let manifest = try Manifest()
        var lines: [String: Int] = [:]
        for (number, line) in picture.enumerated() {
            for name in line.dropFirst(19).split(separator: "   ").map(String.init) {
                guard name.contains(" ") else { lines[name] = number; continue }
                #expect(name == "\(manifest.functions.count) functions with a database")
                for function in manifest.functions { lines[function] = number }
            }
        }
        #expect(lines.keys.sorted() == manifest.targets.map(\.name))
        for target in manifest.targets {
            for module in target.dependencies {
                // Products of other packages have no row.
                guard let line = lines[module], let own = lines[target.name] else { continue }
                #expect(own < line, "\(target.name) uses \(module)")
            }
        }
    }

    @Test func `no source file imports a module of this package that its own does not name`() throws {
        let manifest = try Manifest()
        let modules = Set(manifest.targets.map(\.name))
        for target in manifest.targets {
            let folder = target.folder == "functions" ? "functions/\(target.name)" : target.folder
            for path in Repository.files(in: folder, endingIn: [".swift"]) {
                for line in try Repository.text(path).split(separator: "\n") where line.contains("import ") {
                    let words = line.split(separator: " ")
                    guard let place = words.firstIndex(of: "import"), place <= 1, words.count == place + 2 else {
                        continue
                    }
                    let module = String(words[place + 1])
                    #expect(
                        !modules.contains(module) || target.dependencies.contains(module), "\(path) imports \(module)")
                }
            }
        }
    }
}
