/// A text as a reader of one of the usual encodings gets it, and where each of its bytes stands in the text as written.
struct DecodedText {
    private(set) var bytes: [UInt8] = []
    /// For each byte the place of what it was decoded from.
    private var starts: [Int32] = []
    private var ends: [Int32] = []

    enum Encoding {
        /// The inside of a string of JSON (RFC 8259 §7), also with `\'`, as other languages write it.
        case json
        /// Character references of HTML: numeric ones, those of XML, and those of Latin-1 (HTML 4 §24.2).
        case html
        /// RFC 3986 §2.1.
        case percent
        /// The same, and `+` for a space.
        case form
        /// Broken into lines, as base64 is in mail (RFC 2045 §6.8).
        case lines
    }

    /// What stands at a place of a text.
    enum Unit {
        /// A byte that stands for itself.
        case plain
        /// So many bytes stand for a character.
        case scalar(Unicode.Scalar, length: Int)
        /// So many bytes stand for a byte.
        case byte(UInt8, length: Int)
        /// So many bytes stand for nothing.
        case nothing(length: Int)
        /// The text ends before it is clear what it stands for.
        case cut
    }

    /// The text as it is written.
    init(_ text: [UInt8]) {
        bytes = text
        starts = text.indices.map(Int32.init(truncatingIfNeeded:))
        ends = starts.map { $0 + 1 }
    }

    /// Nil where nothing in the text is encoded so.
    /// - Parameter isCut: the end of the text is missing; an encoded character that begins there is passed over.
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
        // What was passed over at the end goes with what stands before it.
        if isCut, let end = text.ends.last, !ends.isEmpty { ends[ends.count - 1] = end }
    }

    /// Where a part of it stands in the text as written.
    func place(of part: Range<Int>) -> Range<Int> { Int(starts[part.lowerBound])..<Int(ends[part.upperBound - 1]) }

    private mutating func append(_ byte: UInt8, _ start: Int32, _ end: Int32) {
        bytes.append(byte)
        starts.append(start)
        ends.append(end)
    }
}
