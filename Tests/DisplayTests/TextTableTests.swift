import Testing

@testable import postbacks

struct TextTableTests {
    private static let columns: [TextTable.Column] = [
        .init(title: "ID", isNumber: true), .init(title: "Conversion Status"), .init(title: "URL", isLong: true),
        .init(title: "Created", shortWidth: 10),
    ]
    private static let rows = [
        ["7", "done", "https://t.example/postback?cid={click_id}", "2026-06-01 12:00"],
        ["12", "pending", "https://u.example/", "2026-06-02 12:00"],
    ]

    private func table(_ style: TerminalStyle, _ rows: [[String]] = rows) -> [String] {
        TextTable(columns: Self.columns, rows: rows).text(style).split(separator: "\n").map(String.init)
    }

    @Test func `where there is room each row is one line`() {
        #expect(
            table(TerminalStyle(columns: 100)) == [
                "ID  Conversion Status  URL                                        Created",
                " 7  done               https://t.example/postback?cid={click_id}  2026-06-01 12:00",
                "12  pending            https://u.example/                         2026-06-02 12:00",
            ])
    }

    @Test func `with little room titles are wrapped, and with less the URL is below its row`() {
        #expect(
            table(TerminalStyle(columns: 77)).prefix(2) == [
                "    Conversion", "ID  Status      URL                                        Created",
            ])
        #expect(
            table(TerminalStyle(columns: 40)) == [
                "ID  Conversion Status  Created", "  URL", " 7  done               2026-06-01 12:00",
                "  https://t.example/postback?cid={click_", "  id}", "12  pending            2026-06-02 12:00",
                "  https://u.example/",
            ])
        #expect(table(TerminalStyle(columns: 26)).contains(" 7  done        2026-06-01"))
    }

    @Test(arguments: [20, 26, 40, 80, 81, 200], [true, false])
    func `no line is wider than the terminal, whatever bytes its cells contain`(width: Int, isUnicode: Bool) {
        let hostile = [
            "\u{1B}[2J\u{1B}]0;title\u{7}", "a\nb\r\tc", "\u{202E}gnp.exe", "日本語のアフィリエイト", "e\u{301}e\u{301}",
            "\u{9B}31m",
            String(repeating: "x", count: 5000), "\u{200B}\u{2028}\u{FEFF}", "👩‍👩‍👧", "",
        ]
        let rows = hostile.map { ["1", $0, $0, $0] }
        let style = TerminalStyle(columns: width, isUnicode: isUnicode)
        let lines = table(style, rows)
        for line in lines {
            #expect(DisplayWidth.of(line) <= width, "\(line)")
            for scalar in line.unicodeScalars {
                #expect(scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format)
                if !isUnicode { #expect(scalar.isASCII) }
            }
        }
        #expect(lines.count >= rows.count + 1 && lines.count <= rows.count * 4 + 4)
    }

    @Test func `the terminal's locale, type and NO_COLOR decide how it is written`() {
        func style(_ environment: [String: String]) -> TerminalStyle { .ofOutput(environment) }
        let usual = ["TERM": "xterm", "LANG": "de_DE.UTF-8"]
        #expect(style(usual).isUnicode && style(usual).isBold)
        for (name, value) in [
            ("LC_ALL", "C"), ("LC_CTYPE", "POSIX"), ("LANG", "de_DE"), ("TERM", "dumb"), ("TERM", ""),
        ] {
            #expect(!style(usual.merging([name: value]) { $1 }).isUnicode, "\(name)=\(value)")
        }
        #expect(!style(usual.merging(["NO_COLOR": "1"]) { $1 }).isBold)
        #expect(style(usual.merging(["NO_COLOR": ""]) { $1 }).isBold)
        #expect(style(usual.merging(["COLUMNS": "132"]) { $1 }).columns == 132)
        #expect(style(["TERM": "dumb"]).shown("✓ │ … ü") == "ok | ... ü")
    }
}
