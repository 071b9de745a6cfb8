/// Writes rows of CSV (RFC 4180, but with LF at the end of rows). Cells are quoted only if necessary.
package struct CSVWriter {
    /// Whether a cell that a spreadsheet would take for a formula is prefixed with an apostrophe, which a spreadsheet
    /// hides.
    let isExcelSafe: Bool

    package init(isExcelSafe: Bool = false) {
        self.isExcelSafe = isExcelSafe
    }

    package func append(_ cells: some Sequence<String>, to bytes: inout [UInt8]) {
        var isFirst = true
        for cell in cells {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(cell, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private func append(_ cell: String, to bytes: inout [UInt8]) {
        let isFormula = isExcelSafe && cell.utf8.first.map { "=+-@\t\r".utf8.contains($0) } == true
        let text = isFormula && !CSVWriter.isNumber(cell) ? "'" + cell : cell
        guard text.utf8.contains(where: CSVWriter.needsQuotes) else {
            bytes += text.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    /// A negative amount is no formula.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
