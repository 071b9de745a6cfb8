import Domain
import FunctionRuntime
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// `functions/README.md` says what the functions do. With POSTBACKS_WRITE_REFERENCE in the environment the first test brings
/// its tables up to date instead.
@Suite(.ownThreads) struct ReferenceTests {
    private func schema(of function: String) throws -> JSON {
        try JSON(parsing: try Programs.run(function, ["--schema"]).output)
    }

    @Test func `what it says of fields, answers, macros and modifiers is what the functions say`() throws {
        var reference = try Reference()
        for function in Reference.functions {
            let schema = try schema(of: function)
            let (fields, answer) = (RightReference.fields(schema), RightReference.answer(schema))
            let summary = RightReference.summary(schema)
            if ProcessEnvironment["POSTBACKS_WRITE_REFERENCE"] != nil {
                reference.replace(function, table: fields, summary: summary, plainText: answer)
            }
            #expect(reference.summary(of: function) == summary)
            #expect(reference.table(of: function) == fields, "\(function)\n\(fields.joined(separator: "\n"))")
            #expect(reference.plainText(of: function) == answer, "\(function)\n\(answer)")
        }
        for (title, entries) in [("Macros", MacroReference.macros), ("Modifiers", MacroReference.modifiers)] {
            let rows = RightReference.macros(entries)
            if ProcessEnvironment["POSTBACKS_WRITE_REFERENCE"] != nil { reference.replace(title, table: rows) }
            #expect(reference.table(of: title) == rows, "\(title)\n\(rows.joined(separator: "\n"))")
        }
        if ProcessEnvironment["POSTBACKS_WRITE_REFERENCE"] != nil {
            try FileSystem.write(reference.text, to: Reference.path, mode: 0o644)
        }
    }

    @Test func `it has a section for each function and for none that does not exist`() throws {
        let titles = try Reference().titles
        let functions = Reference.functions
        #expect(functions.count >= 18)
        #expect(titles.filter(functions.contains).sorted() == functions)
        let others = titles.filter { !functions.contains($0) }
        #expect(others == ["How each is called", "Macros", "Modifiers", "Ten questions"])
    }

    @Test func `each section says which errors the function has, and has an example`() throws {
        let reference = try Reference()
        for function in Reference.functions {
            let lines = reference.lines(of: function)
            #expect(lines.contains { $0.hasPrefix("Errors: ") }, "\(function)")
            #expect(lines.contains("```sh") && lines.contains("```json"), "\(function)")
        }
    }

    @Test func `README links to it, and it to nothing that is not there`() throws {
        let readme = String(decoding: try FileSystem.read("\(Reference.root)/README.md"), as: UTF8.self)
        #expect(readme.contains("](functions/README.md)"))
        for link in try Reference().text.split(separator: "](").dropFirst() {
            let target = link.prefix { $0 != ")" && $0 != "#" }
            if target.isEmpty || target.hasPrefix("https:") { continue }
            #expect(FileSystem.kind(of: "\(Reference.root)/functions/\(target)") != nil, "\(target)")
        }
    }
}
