/// A position in a text as editors show it: both numbers start at 1, and a column is one Unicode scalar.
package struct TextPlace: Equatable, Sendable {
    package let line: Int
    package let column: Int

    /// `offset` is the index of a byte, or the text's length. Lines end with LF, CR LF or CR.
    init(ofByte offset: Int, in bytes: [UInt8]) {
        var (line, start) = (1, 0)
        let before = bytes[..<min(offset, bytes.count)]
        for (index, byte) in before.enumerated() {
            let isReturn = byte == 0x0D && !(index + 1 < bytes.count && bytes[index + 1] == 0x0A)
            if byte == 0x0A || isReturn { (line, start) = (line + 1, index + 1) }
        }
        self.line = line
        // Counts the first byte of each scalar; continuation bytes begin with the bits 10.
        column = 1 + before[start...].count { $0 & 0xC0 != 0x80 }
    }
}

extension TextPlace: CustomStringConvertible {
    package var description: String { "line \(line), column \(column)" }
}
