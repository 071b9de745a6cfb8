import Glibc
import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Tests ambiguous amounts and dates, and files whose notation is given or detected.
@Suite(.ownThreads) struct NotationTests {
    private static let header = "offerId;affiliateId;transactionId;payout;occurredAt"

    /// A field of the conversions, in the order of their transactions.
    private func stored(_ place: Workplace, _ prefix: String, _ field: String) throws -> [String] {
        let rows = try place.installation.ask("listConversions", ["limit": 1000])["conversions"]?.items ?? []
        return rows.filter { $0["transactionId"]?.text?.hasPrefix(prefix) == true }.sorted {
            ($0["transactionId"]?.text ?? "") < ($1["transactionId"]?.text ?? "")
        }
        .map { $0[field]?.text ?? "" }
    }

    private func write(_ place: Workplace, _ name: String, _ bytes: [UInt8]) throws {
        try place.write(name, "")
        try Descriptor.open(place.path(name), O_WRONLY).writeAll(bytes)
    }

    private static let amounts: [(cells: [String], flags: [String], values: [String])] = [
        (["12,30", "1.234", "1,234"], [], ["12.30", "1234", "1.234"]),
        (["12.30", "1.234", "1,234"], [], ["12.30", "1.234", "1234"]),
        (["1.234.567", "1.234", "1,234"], [], ["1234567", "1234", "1.234"]),
        (["5", "1.234", "1,234"], ["--decimal", ","], ["5", "1234", "1.234"]),
        (["5", "1.234", "1,234"], ["--decimal", "point"], ["5", "1.234", "1234"]),
        (["12.30", "1.234", "1,234"], ["--decimal", ","], ["", "1234", "1.234"]),
        (["5", "1.234", "1,234"], [], ["5", "", ""]),
        (["12,30", "12.30", "1,234"], [], ["12.30", "12.30", ""]),
    ]

    private static let dates: [(cells: [String], flags: [String], values: [String])] = [
        (["25/06/2026", "01/06/2026"], [], ["2026-06-25", "2026-06-01"]),
        (["06/25/2026", "06/01/2026 08:30"], [], ["2026-06-25", "2026-06-01"]),
        (["2026-06-25", "01/06/2026"], ["--date-order", "dmy"], ["2026-06-25", "2026-06-01"]),
        (["06-25-2026", "01/06/2026"], ["--date-order", "dmy"], ["", "2026-06-01"]),
        (["2026-06-25", "01/06/2026"], [], ["2026-06-25", ""]),
        (["25/06/2026", "06/25/2026", "01/06/2026"], [], ["2026-06-25", "2026-06-25", ""]),
    ]

    @Test func `what the file's other amounts show decides, or a flag, and else the flag is named`() throws {
        try check(Self.amounts, field: "payout", flag: "--decimal") { "\($0);" }
    }

    @Test func `what the file's other dates show decides, or a flag, and else the flag is named`() throws {
        try check(Self.dates, field: "occurredAt", flag: "--date-order") { ";\($0)" }
    }

    private func check(
        _ files: [(cells: [String], flags: [String], values: [String])], field: String, flag: String,
        _ cell: (String) -> String
    ) throws {
        let place = try Workplace.make()
        for (number, file) in files.enumerated() {
            let rows = file.cells.enumerated().map { "o;a;\(number)-\($0);\(cell($1))\n" }
            try place.write("\(number).csv", Self.header + "\n" + rows.joined())
            let outcome = try place.run(["import", "conversions", "\(number).csv"] + file.flags)
            let refused = file.values.count { $0.isEmpty }
            #expect(outcome.status == .exited(refused > 0 ? 65 : 0), "\(file): \(outcome.log)")
            let values = try stored(place, "\(number)-", field).map { String($0.prefix(10)) }
            #expect(values == file.values.filter { !$0.isEmpty }, "\(file)")
            let reasons = try place.results("\(number).csv.results.jsonl").compactMap { $0["reason"]?.text }
            #expect(reasons.count == refused && reasons.allSatisfy { $0.contains(flag) }, "\(file): \(reasons)")
        }
    }

    @Test func `a separator can be given`() throws {
        let place = try Workplace.make()
        for (word, character) in [("|", "|"), (":", ":"), ("tab", "\t"), ("\\t", "\t"), ("semicolon", ";")] {
            let row = ["o", "a", "t,\(word)", "", ""].map { "\"\($0)\"" }.joined(separator: character)
            try place.write("c.csv", Self.header.replacing(";", with: character) + "\n\(row)\n")
            let outcome = try place.run(
                "import", "conversions", "c.csv", "--separator", word, "--results", "/dev/null")
            #expect(outcome.status == .exited(0), "\(word): \(outcome.log)")
            #expect(try stored(place, "t,\(word)", "status") == ["pending"], "\(word)")
        }
        for wrong in ["ab", "\"", ""] {
            #expect(try place.run("import", "conversions", "c.csv", "--separator", wrong).status == .exited(64))
        }
    }

    @Test func `the format of a file with another name, and of a stream, is detected`() throws {
        let place = try Workplace.make()
        let line = #"{"offerId":"o","affiliateId":"a","transactionId":"NAME"}"# + "\n"
        let csv = "offerId,affiliateId,transactionId\no,a,NAME\n"
        for (name, text) in [("a.txt", csv), ("b", csv), ("c.txt", line), ("d", "\n" + line), ("-", csv), ("-", line)] {
            let own = text.replacing("NAME", with: "t-\(name)-\(text.count)")
            if name != "-" { try place.write(name, own) }
            let results = "r\(name)\(text.count).jsonl"
            let outcome = try place.run(
                "import", "conversions", name, "--results", results, input: name == "-" ? own : "")
            #expect(outcome.status == .exited(0), "\(name): \(outcome.log)")
            #expect(try place.words(results) == ["recorded"], "\(name)")
        }
    }

    private static let others: [(name: String, bytes: [UInt8], advice: String)] = [
        ("june.xlsx", [0x50, 0x4B, 3, 4, 20, 0], "save the sheet as CSV"),
        ("june.csv", [0x50, 0x4B, 3, 4, 20, 0], "save the sheet as CSV"),
        ("june.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1], "save the sheet as CSV"),
        ("june.csv.gz", [0x1F, 0x8B, 8, 0], "zcat"), ("june.json", Array("[{\"offerId\":1}]".utf8), "jq -c '.[]'"),
        ("june.csv", Array("offerId,afiliateId,payot\n".utf8), "payot"),
    ]

    @Test func `what is no such file is said, and leaves nothing beside it`() throws {
        let place = try Workplace.make()
        for (name, bytes, advice) in Self.others {
            try write(place, name, bytes)
            let outcome = try place.run("import", "conversions", name)
            #expect(outcome.status == .exited(65) && outcome.log.contains(advice), "\(outcome.log)")
            #expect(FileSystem.names(in: FileSystem.parent(of: place.path("x"))) == [name])
            try FileSystem.remove(place.path(name))
        }
    }

    @Test func `all wrong columns are named at once, each with the nearest`() throws {
        let place = try Workplace.make()
        try place.write("c.csv", "offerId,afiliateId,payot,transactionId\no,a,1,t\n")
        let header = try place.run("import", "conversions", "c.csv")
        for name in ["affiliateId", "payout"] {
            #expect(header.log.contains("did you mean \"\(name)\""), "\(header.log)")
        }
        let export = try place.run("export", "conversions", "--columns", "id,payot,afiliateId")
        #expect(export.status == .exited(65))
        for name in ["affiliateId", "payout"] {
            #expect(export.log.contains("did you mean \"\(name)\""), "\(export.log)")
        }
    }
}
