import JSON
import Testing

@testable import Domain

/// Tests that the table of macros and modifiers in `--help` and in the reference agrees with the parser of templates.
struct MacroReferenceTests {
    private func parses(_ text: String) -> Bool {
        [Template.Place.url, .parameter, .header].contains { (try? Template(parsing: text, in: $0)) != nil }
    }

    @Test func `each macro and modifier that is listed is accepted, means something and has an example`() throws {
        let entries = MacroReference.macros + MacroReference.modifiers
        #expect(Set(entries.map(\.template)).count == entries.count)
        for entry in entries {
            #expect(parses(entry.template), "\(entry.template)")
            #expect(!entry.rendered.isEmpty && !entry.rendered.contains("{"), "\(entry.template)")
            #expect(entry.meaning.hasSuffix("."), "\(entry.template)")
        }
    }

    @Test func `each macro that the parser accepts is listed`() throws {
        let listed = try MacroReference.macros.flatMap {
            try Template(parsing: $0.template, in: .header).uses.map(\.macro)
        }
        for name in MacroName.allCases { #expect(listed.contains(.named(name)), "\(name)") }
        #expect(listed.contains(.param("sub1")) && listed.contains(.param("page")))
    }

    @Test func `each form that the parser gives a macro is listed as a modifier`() throws {
        let uses = try MacroReference.modifiers.flatMap { entry in
            let places: [Template.Place] = [.parameter, .url]
            return try #require(places.lazy.compactMap { try? Template(parsing: entry.template, in: $0) }.first).uses
        }
        #expect(uses.contains { $0.isRaw } && uses.contains { $0.fallback != nil })
        for type in JSONType.allCases { #expect(uses.contains { $0.jsonType == type }, "\(type)") }
        let formats = Set(uses.compactMap { $0.format?.name })
        #expect(formats == ["unix", "unixms", "date", "pattern", "minor", "fixed", "map"])
        for modifier in MacroModifier.allCases {
            #expect(MacroReference.modifiers.contains { $0.template == modifier.example })
        }
    }

    @Test(
        arguments: [
            ("{sub2|none}", "none"), ("{_params.page}", "news/42"), ("{status:pending=2,done=1,rejected=3}", "1"),
            ("{payout:number}", "12.30"), ("{is_test:boolean}", "false"), ("{occurred_at:unix}", "1767323045"),
            ("{occurred_at:unixms}", "1767323045678"), ("{occurred_at:date}", "2026-01-02"),
            ("{occurred_at:yyyy-MM-dd HH:mm:ss}", "2026-01-02 03:04:05"), ("{payout:minor}", "1230"),
            ("{revenue:fixed=2}", "20.46"), ("{click_id}", "click-1001"), ("{params.page}", "news/42"),
        ] as [(String, String)])
    func `an example renders to what is shown`(template: String, rendered: String) throws {
        let entries = MacroReference.macros + MacroReference.modifiers
        #expect(try #require(entries.first { $0.template == template }).rendered == rendered)
    }
}

extension MacroUse.Format {
    /// A case that is added here must be listed too.
    fileprivate var name: String {
        switch self {
        case .unix: "unix"
        case .unixms: "unixms"
        case .date: "date"
        case .pattern: "pattern"
        case .minor: "minor"
        case .fixed: "fixed"
        case .map: "map"
        }
    }
}
