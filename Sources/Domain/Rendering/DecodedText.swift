/// A text that was decoded from one of the usual encodings, with the place of each byte in the text as it was written.
struct DecodedText {
    private(set) var bytes: [UInt8] = []
    /// For each byte, where the bytes that it was decoded from begin in the text as it was written; `ends` says where
    /// they end.
    private var starts: [Int32] = []
    private var ends: [Int32] = []

    enum Encoding {
        /// The inside of a JSON string (RFC 8259 §7), also with `\'`, as other languages write it.
        case json
        /// HTML character references: numeric ones, and the names of XML and of Latin-1 (HTML 4 §24.2).
        case html
        /// Percent-encoding (RFC 3986 §2.1).
        case percent
        /// Percent-encoding, with `+` for a space.
        case form
        /// A text that is broken into lines, as base64 is in mail (RFC 2045 §6.8).
        case lines
    }

    /// The meaning of the bytes at one place of a text.
    enum Unit {
        /// A byte that stands for itself.
        case plain
        /// `length` bytes stand for a character.
        case scalar(Unicode.Scalar, length: Int)
        /// `length` bytes stand for one byte.
        case byte(UInt8, length: Int)
        /// `length` bytes stand for nothing.
        case nothing(length: Int)
        /// The text ends before it is clear what the bytes stand for.
        case cut
    }

    /// Takes a text as it is written, without decoding.
    init(_ text: [UInt8]) {
        bytes = text
        starts = text.indices.map(Int32.init(truncatingIfNeeded:))
        ends = starts.map { $0 + 1 }
    }

    /// Decodes a text. It returns nil if nothing in the text is encoded in this way. `isCut` says whether the end of
    /// the text is missing. An encoded character that is cut there is then skipped.
    init?(_ text: DecodedText, from encoding: Encoding, isCut: Bool) {
        guard text.bytes.contains(where: encoding.marks) else { return nil }
        bytes.reserveCapacity(text.bytes.count)
        starts.reserveCapacity(text.bytes.count)
        ends.reserveCapacity(text.bytes.count)
        var isChanged = false
        var index = 0
        while index < text.bytes.count {
            let unit = encoding.marks(text.bytes[index]) ? encoding.unit(at: index, of: text.bytes) : .plain
            var length = 1
            switch unit {
            case .scalar(let scalar, let count):
                length = count
                for byte in String(scalar).utf8 { append(byte, text.starts[index], text.ends[index + length - 1]) }
            case .byte(let byte, let count):
                length = count
                append(byte, text.starts[index], text.ends[index + length - 1])
            case .nothing(let count):
                length = count
            case .cut where isCut:
                length = text.bytes.count - index
            case .plain, .cut:
                append(text.bytes[index], text.starts[index], text.ends[index])
                index += 1
                continue
            }
            isChanged = true
            index += length
        }
        if !isChanged { return nil }
        // The bytes that were skipped at the end belong to the byte before them.
        if isCut, let end = text.ends.last, !ends.isEmpty { ends[ends.count - 1] = end }
    }

    /// Returns where a part of the decoded bytes stands in the text as it was written.
    func place(of part: Range<Int>) -> Range<Int> { Int(starts[part.lowerBound])..<Int(ends[part.upperBound - 1]) }

    private mutating func append(_ byte: UInt8, _ start: Int32, _ end: Int32) {
        bytes.append(byte)
        starts.append(start)
        ends.append(end)
    }
}
