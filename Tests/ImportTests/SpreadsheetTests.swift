import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests files of spreadsheets: they are read if their meaning is clear, and otherwise refused with advice.
@Suite(.ownThreads) struct SpreadsheetTests {
    private static let header = "offerId,affiliateId,transactionId"

    private func write(_ place: Workplace, _ name: String, _ bytes: [UInt8]) throws {
        try place.write(name, "")
        let file = try Descriptor.open(place.path(name), O_WRONLY)
        try file.writeAll(bytes)
    }

    /// The conversions, in the order of their transactions.
    private func imported(_ place: Workplace) throws -> [JSON] {
        let rows = try place.installation.ask("listConversions", [:])["conversions"]?.items ?? []
        return rows.sorted { ($0["transactionId"]?.text ?? "") < ($1["transactionId"]?.text ?? "") }
    }

    @Test func `ids that a spreadsheet has rounded are refused, and the reason says what to do`() throws {
        let place = try Workplace.make()
        try place.write(
            "c.csv",
            """
            \(Self.header),clickId
            o,a,1.23457E+18,
            o,a,1.23457E+18,
            o,a,"1,23457E+18",
            o,a,,1E+18
            o,a,12E4,
            o,a,1234567890123456789,
            o,a,5e-10-x,
            """)
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        let results = try place.results("c.csv.results.jsonl")
        #expect(
            results.map { $0["result"]?.text } == [
                "invalid", "invalid", "invalid", "invalid", "recorded", "recorded", "recorded",
            ])
        for result in results.prefix(4) {
            #expect(result["reason"]?.text?.contains("rounded") == true, "\(result.encodedText)")
        }
        #expect(results[0]["reason"]?.text?.contains("transactionId") == true)
        #expect(try imported(place).map { $0["transactionId"] } == ["1234567890123456789", "12E4", "5e-10-x"])
    }

    @Test(arguments: ["TRUE", "True", "true", "yes", "1"], ["FALSE", "False", "false", "No", "0"])
    func `booleans are taken in any case`(yes: String, no: String) throws {
        let place = try Workplace.make()
        try place.write(
            "p.csv",
            """
            offerId,affiliateId,conversionStatus,url,httpType,active,omitEmptyParams
            o,a,done,http://t.example/?c={click_id},GET,\(no),\(yes)
            """)
        let outcome = try place.run("import", "postbacks", "p.csv")
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        let postback = try place.installation.ask("listPostbacks", [:]).at("postbacks.0")
        #expect(postback?["active"] == false)
    }

    /// A cell and its value; nil if it is refused.
    private static let amounts: [(cell: String, amount: String?)] = [
        ("12.30", "12.30"), ("\"12,30\"", "12.30"), ("\"1.234,56\"", "1234.56"), ("\"1,234.56\"", "1234.56"),
        ("\"1,234,567\"", "1234567"), ("1.234.567", "1234567"), ("\"1 234,5\"", "1234.5"),
        ("\"1\u{A0}234\u{A0}567.25\"", "1234567.25"), ("1'234.50", "1234.50"), ("\"0,123\"", "0.123"),
        ("\"-12,3\"", "-12.3"), ("\u{2212}5", "-5"), ("+5", "5"), (".5", "0.5"), ("1.2345", "1.2345"), (" 7 ", "7"),
        ("\"1,234\"", nil), ("\"-1,234\"", nil), ("\"1,23,456\"", nil), ("\"1,2.3\"", nil), ("\"12,\"", nil),
        ("€12", nil), ("1.234", "1.234"), ("\"12,345678\"", "12.345678"), ("=\"12.50\"", "12.50"), ("1e3", "1000"),
    ]

    @Test func `amounts are taken with a decimal comma and with thousands apart where only one can be meant`() throws {
        let place = try Workplace.make()
        let rows = Self.amounts.enumerated().map { "o,a,t\($0),\($1.cell)\n" }
        try place.write("c.csv", "\(Self.header),payout\n\(rows.joined())")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        let results = try place.results("c.csv.results.jsonl")
        let stored = Dictionary(
            uniqueKeysWithValues: try imported(place).map { ($0["transactionId"]?.text ?? "", $0["payout"]?.text) })
        for (index, amount) in Self.amounts.enumerated() {
            let whole: Comment = "\(amount.cell): \(results[index].encodedText)"
            #expect(results[index]["result"] == (amount.amount == nil ? "invalid" : "recorded"), whole)
            #expect(stored["t\(index)"] ?? nil == amount.amount, whole)
        }
        let ambiguous = results[Self.amounts.firstIndex { $0.cell == "\"1,234\"" } ?? 0]["reason"]?.text ?? ""
        #expect(ambiguous.contains("1234") && ambiguous.contains("1.2340"), "\(ambiguous)")
    }

    @Test func `where semicolons stand between cells a point may stand between thousands`() throws {
        let place = try Workplace.make()
        try place.write(
            "c.csv", "offerId;affiliateId;transactionId;payout\r\no;a;1;12,30\r\no;a;2;1.234\r\no;a;3;12.5\r\n")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        #expect(try place.words("c.csv.results.jsonl") == ["recorded", "invalid", "recorded"])
        #expect(try imported(place).map { $0["payout"] } == ["12.30", "12.5"])
    }

    /// A cell and its value; nil if it is refused.
    private static let times: [(cell: String, time: String?)] = [
        ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00.000Z"), ("2026-06-01 12:00", "2026-06-01T12:00:00.000Z"),
        ("2026-06-01", "2026-06-01T00:00:00.000Z"), ("01.06.2026", "2026-06-01T00:00:00.000Z"),
        ("1.6.2026 08:30:15", "2026-06-01T08:30:15.000Z"), ("25/06/2026", "2026-06-25T00:00:00.000Z"),
        ("06/25/2026 1:05 PM", "2026-06-25T13:05:00.000Z"), ("06/06/2026", "2026-06-06T00:00:00.000Z"),
        ("2026/06/01 12:00:00 +0200", "2026-06-01T10:00:00.000Z"), ("1780315200", "2026-06-01T12:00:00.000Z"),
        ("20260601", "2026-06-01T00:00:00.000Z"), ("\"Mon, 01 Jun 2026 12:00:00 GMT\"", "2026-06-01T12:00:00.000Z"),
        ("06/01/2026", nil), ("46174", nil), ("46174.5", nil), ("01.06.26", nil), ("31.02.2026", nil), ("soon", nil),
    ]

    @Test func `times are taken where only one can be meant`() throws {
        let place = try Workplace.make()
        let rows = Self.times.enumerated().map { "o,a,t\($0),\($1.cell)\n" }
        try place.write("c.csv", "\(Self.header),occurredAt\n\(rows.joined())")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        let results = try place.results("c.csv.results.jsonl")
        let stored = Dictionary(
            uniqueKeysWithValues: try imported(place).map { ($0["transactionId"]?.text ?? "", $0["occurredAt"]?.text) })
        for (index, time) in Self.times.enumerated() {
            let whole: Comment = "\(time.cell): \(results[index].encodedText)"
            #expect(results[index]["result"] == (time.time == nil ? "invalid" : "recorded"), whole)
            #expect(stored["t\(index)"] ?? nil == time.time, whole)
            if time.time == nil { #expect(results[index]["reason"]?.text?.contains("2026-0") == true, whole) }
        }
    }

    @Test(arguments: [(";", "\n"), (";", "\r\n"), ("\t", "\n"), ("\t", "\r\n"), (",", "\r\n")], ["", "\u{FEFF}"])
    func `cells stand between commas, semicolons or tabs`(separated: (by: String, end: String), mark: String) throws {
        let place = try Workplace.make()
        let rows = [
            ["offerId", "affiliateId", "transactionId", "params.sub1", "", ""],
            ["o", "a", "t1", "\"x;y,z\t\"", "", ""],
            ["", "", "", "", "", ""], ["o", "a", "t2", "\"two\nlines\"", "", ""], ["o", "a", "t3", "", ""],
        ]
        let text = rows.map { $0.joined(separator: separated.by) + separated.end }.joined()
        try place.write("c.csv", mark + text)
        let outcome = try place.run("import", "conversions", "c.csv")
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(try place.words("c.csv.results.jsonl") == ["recorded", "recorded", "recorded"])
        #expect(
            try imported(place).map { $0.at("params.sub1") } == ["x;y,z\t", "two\nlines", nil])
    }

    @Test func `a first line may name what stands between cells`() throws {
        let place = try Workplace.make()
        try place.write("c.csv", "\u{FEFF}sep=;\r\nofferId;affiliateId;transactionId\r\no;a;t1\r\n;;\r\no;a\r\n")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        #expect(try place.words("c.csv.results.jsonl") == ["recorded", "invalid"])
        #expect(try place.results("c.csv.results.jsonl")[1]["line"] == 5)
    }

    @Test(arguments: [true, false], [true, false])
    func `UTF-16 is told by its mark, or by its zeros`(isLittleEndian: Bool, hasMark: Bool) throws {
        let place = try Workplace.make()
        let text =
            (hasMark ? "\u{FEFF}" : "")
            + "\(Self.header)\tparams.sub1\r\no\ta\tt1\tGrün 😀\r\n".replacing(",", with: "\t")
        let bytes = text.utf16.flatMap { unit in
            let pair = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
            return isLittleEndian ? pair : pair.reversed()
        }
        try write(place, "c.csv", bytes)
        let outcome = try place.run("import", "conversions", "c.csv")
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(try imported(place).first?.at("params.sub1") == "Grün 😀")
        #expect(try place.run("import", "conversions", "c.csv", "--resume").status == .exited(0))
    }

    @Test func `Windows-1252 is taken when it is named; without, the row says how`() throws {
        let place = try Workplace.make()
        let row = Array("\(Self.header),params.sub1\no,a,t1,".utf8) + [0x47, 0x72, 0xFC, 0x6E, 0x20, 0x80, 0x0A]
        try write(place, "c.csv", row)
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(65))
        let reason = try place.results("c.csv.results.jsonl").first?["reason"]?.text ?? ""
        #expect(reason.contains("--encoding windows-1252") && reason.contains("params.sub1"), "\(reason)")
        let outcome = try place.run(
            "import", "conversions", "c.csv", "--encoding", "windows-1252", "--results", "again.jsonl")
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(try imported(place).first?.at("params.sub1") == "Grün €")
    }

    @Test(arguments: [
        "Offer ID,Affiliate ID,Transaction ID,Payout", "offer_id,affiliate_id,transaction_id,PAYOUT",
        "OFFERID, affiliateId ,Transaction-Id,payout",
    ])
    func `columns are known without regard to case, spaces and underscores`(header: String) throws {
        let place = try Workplace.make()
        try place.write("c.csv", "\(header)\no,a,t1,1.50\n")
        let outcome = try place.run("import", "conversions", "c.csv")
        #expect(outcome.status == .exited(0), "\(outcome.log)")
        #expect(try imported(place).first?["payout"] == "1.50")
        let twice = try place.run("import", "conversions", "-", "--format", "csv", input: "offerId,Offer ID\n")
        #expect(twice.status == .exited(65) && twice.log.contains("cannot be used together with"), "\(twice.log)")
    }

    @Test func `a formula that keeps a text is the text`() throws {
        let place = try Workplace.make()
        try place.write("c.csv", "\(Self.header)\no,a,=\"00123\"\no,a,\"=\"\"00124\"\"\"\n")
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(0))
        #expect(try imported(place).map { $0["transactionId"] } == ["00123", "00124"])
    }

    @Test func `what the function put right or left out stands in the results, of a dry run too`() throws {
        let place = try Workplace.make()
        try place.write("c.csv", "\(Self.header),country,ip\no,a,t1,T1,\"203.0.113.9, 10.0.0.1\"\n")
        #expect(try place.run("import", "conversions", "c.csv", "--dry-run").status == .exited(0))
        #expect(try place.run("import", "conversions", "c.csv").status == .exited(0))
        for name in ["c.csv.dry-run.jsonl", "c.csv.results.jsonl"] {
            let warnings = try place.results(name).first?["warnings"]?.items ?? []
            #expect(warnings.map { $0["field"] } == ["ip", "country"], "\(name)")
            #expect(warnings.map { $0["code"] } == ["adjusted", "left_out"])
        }
        #expect(try imported(place).first?["ip"] == "203.0.113.9")
    }
}
