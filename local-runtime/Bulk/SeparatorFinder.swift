/// Finds the separator of a CSV file in its first line: a comma, a semicolon (which spreadsheets write if the comma is
/// the decimal sign) or a tab. A line `sep=;`, which spreadsheets understand, names it.
struct SeparatorFinder {
    /// The separator that the user has given.
    private let given: UInt8?
    private var line: [UInt8] = []
    private var isQuoted = false
    /// Whether anything but line ends of empty lines has come.
    private var hasContent = false

    private static let candidates = Array(",;\t".utf8)

    init(given: UInt8?) {
        self.given = given
    }

    /// The separator and the bytes that are to be cut into rows; nil until the first line is complete. `isOver` says
    /// whether no more bytes will come or are needed.
    mutating func find(_ bytes: ArraySlice<UInt8>, isOver: Bool) -> (separator: UInt8, rest: [UInt8])? {
        for (index, byte) in zip(bytes.indices, bytes) {
            if byte == UInt8(ascii: "\n"), hasContent, !isQuoted { return decide(behind: bytes[index...]) }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { hasContent = true }
            line.append(byte)
        }
        return isOver ? decide(behind: []) : nil
    }

    /// How many bytes are held back.
    var count: Int { line.count }

    private func decide(behind rest: ArraySlice<UInt8>) -> (separator: UInt8, rest: [UInt8]) {
        let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        if text.count == 5, text.starts(with: "sep=".utf8), let named = text.last, ",;\t|".utf8.contains(named) {
            return (given ?? named, Array(rest))
        }
        if let given { return (given, line + rest) }
        var isQuoted = false
        var counts = SeparatorFinder.candidates.map { _ in 0 }
        for byte in line {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, let index = SeparatorFinder.candidates.firstIndex(of: byte) {
                counts[index] += 1
            }
        }
        // If several occur equally often, the first one.
        let most = counts.max() ?? 0
        let index = counts.firstIndex(of: most) ?? 0
        return (SeparatorFinder.candidates[index], line + rest)
    }
}
