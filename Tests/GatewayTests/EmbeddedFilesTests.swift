import EmbeddedFiles
import System
import TestSupport
import Testing

/// Compares the embedded files with those of the repository. `POSTBACKS_WRITE_REFERENCE=1` writes the lists of the files
/// anew; the programs have them after the next build.
struct EmbeddedFilesTests {
    /// A file, by the name that the program knows it by, and by its path.
    private struct Source {
        let name: String
        let path: String
    }

    private static let console = names(in: "local-runtime/Console").map {
        Source(name: $0, path: "local-runtime/Console/\($0)")
    }

    /// The fixtures that show a function, without those that show how it refuses what is no input at all.
    private static let fixtures = Repository.functions.flatMap { function in
        let folder = "functions/\(function)/fixtures"
        let names = names(in: folder).filter { !["duplicate-member.json", "wrong-fields.json"].contains($0) }
        // The usual one comes first.
        return (names.filter { $0 == "success.json" } + names.filter { $0 != "success.json" })
            .map { Source(name: "\(function)/\($0.dropLast(".json".count))", path: "\(folder)/\($0)") }
    }

    private static func names(in folder: String) -> [String] {
        FileSystem.names(in: "\(Repository.root)/\(folder)").filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The text of a file of C that lists the files.
    private static func text(_ kind: String, _ sources: [Source]) -> String {
        let arrays = sources.enumerated().map { number, source in
            "static const uint8_t \(kind)_\(number)[] = {\n#embed \"../../\(source.path)\"\n};\n"
        }
        let rows = sources.enumerated().map { number, source in
            "    {\"\(source.name)\", \(kind)_\(number), sizeof \(kind)_\(number)},\n"
        }
        return """
            #include "embedded.h"

            // EmbeddedFilesTests writes this file: POSTBACKS_WRITE_REFERENCE=1 ./Tests/run --filter EmbeddedFilesTests

            \(arrays.joined())
            static const struct embedded_file files[] = {
            \(rows.joined())    {0, 0, 0},
            };

            // The entry without a name ends the list, which may be empty.
            size_t \(kind)_count(void) { return sizeof files / sizeof *files - 1; }
            struct embedded_file \(kind)(size_t index) { return files[index]; }

            """
    }

    private func check(_ kind: String, _ sources: [Source], _ embedded: [EmbeddedFile]) throws {
        let list = "Sources/CEmbedded/\(kind)s.c"
        let text = Self.text(kind, sources)
        if ProcessEnvironment["POSTBACKS_WRITE_REFERENCE"] != nil {
            return try FileSystem.write(text, to: "\(Repository.root)/\(list)", mode: 0o644)
        }
        #expect(try Repository.text(list) == text)
        #expect(embedded.map(\.name) == sources.map(\.name))
        for (source, file) in zip(sources, embedded) {
            let bytes = try FileSystem.read("\(Repository.root)/\(source.path)", limit: 1 << 20)
            #expect(bytes == file.bytes, "\(source.path)")
        }
    }

    @Test func `the program has every file of the console as it is`() throws {
        try check("console_file", Self.console, EmbeddedFile.console)
    }

    @Test func `the program has the fixtures of every function as they are`() throws {
        try check("fixture", Self.fixtures, EmbeddedFile.fixtures)
        let functions = EmbeddedFile.fixtures.compactMap { $0.name.split(separator: "/").first.map(String.init) }
        #expect(Set(functions) == Set(Repository.functions))
    }
}
