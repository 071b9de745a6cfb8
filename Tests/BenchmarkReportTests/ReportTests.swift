import BenchmarkReport
import JSON
import Testing

/// Tests the table in both forms, the ratios, and whether aims are met.
struct ReportTests {
    private let limit = Figure.Limit("pgbench, 8 clients", Measure([3000, 3100, 2900], .perSecond))

    @Test func `the ratio is our median divided by the limit's`() {
        let row = Figure("recorded", Measure([9000, 9600, 1], .perSecond), limit: limit, aim: .ratioAtLeast(3))
        #expect(row.ratio == 3)
        #expect(row.isMet == true)
        #expect(Figure("recorded", Measure([8990], .perSecond), limit: limit, aim: .ratioAtLeast(3)).isMet == false)
        #expect(Figure("recorded", Measure([8990], .perSecond), limit: limit).isMet == nil)
    }

    @Test func `without a measured limit there is no ratio, and an aim about it is not met`() {
        for limit in [
            nil, Figure.Limit("nothing", Measure([], .perSecond)), Figure.Limit("zero", Measure([0], .perSecond)),
        ] {
            let row = Figure("recorded", Measure([1], .perSecond), limit: limit, aim: .ratioAtLeast(0.5))
            #expect(row.ratio == nil)
            #expect(row.isMet == false)
        }
    }

    @Test(
        arguments: [
            (Aim.atMost(20), [19.9, 20, 20.1], true, "≤ 20 ms"), (.atMost(20), [21], false, "≤ 20 ms"),
            (.atMost(20), [], false, "≤ 20 ms"), (.ratioAtMost(2), [2], true, "≤ 2 ×"),
            (.ratioAtMost(2), [2.1], false, "≤ 2 ×"), (.ratioAtLeast(0.5), [0.5], true, "≥ 0.5 ×"),
        ] as [(Aim, [Double], Bool, String)])
    func `an aim is met or not`(aim: Aim, values: [Double], isMet: Bool, text: String) {
        let row = Figure(
            "figure", Measure(values, .milliseconds), limit: .init("one", Measure([1], .milliseconds)), aim: aim)
        #expect(row.isMet == isMet)
        #expect(aim.text(.milliseconds) == text)
    }

    private var report: Report {
        var report = Report()
        report.machine = [("processor", "2 × a|b"), ("kernel", "6.1")]
        report.add(
            .figure(Figure("recorded", Measure([9000, 9900, 9000], .perSecond), limit: limit, aim: .ratioAtLeast(3))))
        report.add(.figure(Figure("WAL of a delivery", Measure([4321], .bytes))))
        report.add(.void("delivered", reason: "1 rows are still owed"))
        report.add(.skipped("peer: pgqueuer", reason: "it could not\nbe installed"))
        report.add(.init("All functions", ["function", "size"], [["listOffers", "12.0 MB"]]))
        report.addNote("The plan", "Limit\n  ->  Index Scan")
        return report
    }

    @Test func `the table in Markdown shows every entry in one line`() {
        let lines = report.markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        #expect(
            lines == [
                "- processor: 2 × a|b", "- kernel: 6.1", "",
                "| figure | ours | spread | limit or peer in the same run | its value | spread | ratio | aim | met |",
                lines[4],
                "| recorded | 9,000/s | 10 % | pgbench, 8 clients | 3,000/s | 7 % | 3.00 | ≥ 3 × | yes |",
                "| WAL of a delivery | 4,321 B | | | | | | | |",
                "| delivered | void: 1 rows are still owed | | | | | | | |",
                "| peer: pgqueuer | not measured: it could not be installed | | | | | | | |",
                "", "All functions", "", "| function | size |", lines[13], "| listOffers | 12.0 MB |", "", "The plan",
                "",
                "```", "Limit", "-> Index Scan", "```", "",
            ])
        #expect(lines[4].allSatisfy { $0 == "|" || $0 == "-" })
        #expect(report.voidCount == 1)
    }

    @Test func `a bar in a cell does not end the cell`() {
        var report = Report()
        report.add(.void("a|b", reason: "c"))
        #expect(report.markdown.contains(#"| a\|b "#))
    }

    @Test func `the JSON has each value of each round`() throws {
        let json = try JSON(parsing: report.json.bytes)
        let expected: JSON = [
            "machine": ["processor": "2 × a|b", "kernel": "6.1"],
            "figures": [
                [
                    "figure": "recorded", "unit": "/s",
                    "ours": [
                        "median": .number("9000.0"), "spread": .number("0.1"),
                        "values": [.number("9000.0"), .number("9900.0"), .number("9000.0")],
                    ],
                    "limit": [
                        "median": .number("3000.0"), "spread": .number("\(200.0 / 3000)"),
                        "values": [.number("3000.0"), .number("3100.0"), .number("2900.0")],
                        "name": "pgbench, 8 clients",
                    ], "ratio": .number("3.0"), "aim": "≥ 3 ×", "isMet": true,
                ],
                [
                    "figure": "WAL of a delivery", "unit": "B",
                    "ours": [
                        "median": .number("4321.0"), "spread": .null, "values": [.number("4321.0")],
                    ], "limit": .null, "ratio": .null, "aim": .null, "isMet": .null,
                ],
                ["figure": "delivered", "void": "1 rows are still owed"],
                ["figure": "peer: pgqueuer", "notMeasured": "it could not\nbe installed"],
            ],
            "details": [["title": "All functions", "rows": [["function": "listOffers", "size": "12.0 MB"]]]],
            "notes": [["title": "The plan", "text": "Limit\n  ->  Index Scan"]],
        ]
        #expect(json == expected)
    }

    @Test func `a measurement without values is null in JSON`() throws {
        var report = Report()
        report.add(.figure(Figure("nothing", Measure([], .perSecond), limit: .init("zero", Measure([0], .perSecond)))))
        let figure = try #require(report.json["figures"])
        #expect(figure.encodedText.contains(#""ours":{"median":null,"spread":null,"values":[]}"#))
    }
}
