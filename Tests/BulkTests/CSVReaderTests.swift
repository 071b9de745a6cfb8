import Bulk
import Testing

/// Tests RFC 4180, and the deviations of real files.
struct CSVReaderTests {
    private func rows(_ text: String, limit: Int = 1 << 20, chunk: Int = .max) -> [Result<[String], CSVFault>] {
        var reader = CSVReader(lengthLimit: limit)
        let bytes = Array(text.utf8)
        var start = 0
        var rows: [Result<[String], CSVFault>] = []
        func take() {
            while let row = reader.next() {
                rows.append(row.cells.map { $0.map { String(decoding: $0, as: UTF8.self) } })
            }
        }
        while start < bytes.count {
            let end = min(bytes.count, chunk == .max ? bytes.count : start + chunk)
            reader.feed(Array(bytes[start..<end]))
            start = end
            take()
        }
        reader.finish()
        take()
        return rows
    }

    private func cells(_ text: String, chunk: Int = .max) throws -> [[String]] {
        try rows(text, chunk: chunk).map { try $0.get() }
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2", [["a", "b"], ["1", "2"]]), ("\u{FEFF}a,b\n", [["a", "b"]]),
            ("\u{FEFF}\"a\",b\n", [["a", "b"]]), ("\n\r\na\n\n\n b \n\n", [["a"], [" b "]]),
            ("\"a,b\",\"c\"\"d\",\"\"\n", [["a,b", "c\"d", ""]]),
            ("\"one\ntwo\r\nthree\",x\n", [["one\ntwo\r\nthree", "x"]]),
            (",,\n", [["", "", ""]]), ("\"\"\n", [[""]]), ("é,日本\n", [["é", "日本"]]), ("a,\"b\"", [["a", "b"]]),
            ("a,", [["a", ""]]), ("\"\"\"\"\n", [["\""]]), ("", []),
        ] as [(String, [[String]])])
    func `rows are cut as RFC 4180 says, however the bytes come`(text: String, expected: [[String]]) throws {
        for chunk in [1, 2, 3, .max] { #expect(try cells(text, chunk: chunk) == expected) }
    }

    @Test(arguments: [
        ("x\na\"b,c\nend\n", "there is a quote inside"), ("x\n\"a\"b,c\nend\n", "after a closing quote"),
        ("x\na\rb\nend\n", "carriage return"), ("x\na\r,b\nend\n", "carriage return"),
    ])
    func `a malformed row is reported and costs the others nothing`(text: String, reason: String) throws {
        for chunk in [1, .max] {
            let rows = rows(text, chunk: chunk)
            #expect(rows.count == 3)
            #expect(rows.first == .success(["x"]) && rows.last == .success(["end"]))
            guard case .failure(let fault) = rows[1] else {
                Issue.record("the row is taken")
                continue
            }
            #expect(fault.message.contains(reason))
        }
    }

    @Test func `a quote that is never closed is told by the line on which its row begins`() throws {
        let rows = rows("x\ny\na,\"b\nc\n")
        #expect(rows.count == 3)
        #expect(throws: CSVFault.self) { try rows[2].get() }
        guard case .failure(let fault) = rows[2] else { return }
        #expect(fault.message.contains("line 3"))
    }

    @Test func `a row that is too long is passed over up to its end`() throws {
        let rows = rows(
            "x\n\(String(repeating: "a", count: 200)),b\n\"\(String(repeating: "a\n", count: 90))\"\nend\n", limit: 100)
        #expect(rows.count == 4)
        #expect(rows.first == .success(["x"]) && rows.last == .success(["end"]))
        #expect(throws: CSVFault.self) { try rows[1].get() }
        #expect(throws: CSVFault.self) { try rows[2].get() }
    }

    @Test func `each row knows its line`() {
        var reader = CSVReader()
        reader.feed(Array("h\n\n\"a\nb\"\nc\n".utf8))
        var lines: [Int] = []
        while let row = reader.next() { lines.append(row.line) }
        #expect(lines == [1, 3, 5])
    }

    @Test func `what is written is read back as it was`() throws {
        let table = [["a", "b,c", "d\"e"], ["", "f\ng", "h\r\ni"], [" x ", "=1+1", "-5.20"]]
        var bytes: [UInt8] = []
        for row in table { CSVWriter().append(row, to: &bytes) }
        #expect(try cells(String(decoding: bytes, as: UTF8.self)) == table)
    }

    @Test func `only when asked to, what a spreadsheet would compute gets an apostrophe in front`() throws {
        let row = ["=1+1", "@x", "+a", "-5.20", "-a", "a=b"]
        var bytes: [UInt8] = []
        CSVWriter(isExcelSafe: true).append(row, to: &bytes)
        #expect(try cells(String(decoding: bytes, as: UTF8.self)) == [["'=1+1", "'@x", "'+a", "-5.20", "'-a", "a=b"]])
    }
}
