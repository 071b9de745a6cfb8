import Text

/// A text that was decoded from one of the usual encodings, with the place of each byte in the text as it was written.
struct DecodedText {
    private(set) var bytes: [UInt8] = []
    /// For each byte, where the bytes that it was decoded from begin in the text as it was written; `ends` says where
    /// they end.
    private var starts: [Int32] = []
    private var ends: [Int32] = []

    enum Encoding: CaseIterable {
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

extension DecodedText.Encoding {
    /// Whether a text may contain a character in any of the encodings.
    static func mayOccur(in text: [UInt8]) -> Bool {
        text.contains { byte in allCases.contains { $0.marks(byte) } }
    }

    /// Whether an encoded character may begin with the byte.
    func marks(_ byte: UInt8) -> Bool {
        switch self {
        case .json: byte == UInt8(ascii: "\\")
        case .html: byte == UInt8(ascii: "&")
        case .percent: byte == UInt8(ascii: "%")
        case .form: byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+")
        case .lines: byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
        }
    }

    /// Decodes what begins at an index. The byte there must be one for which `marks` is true.
    func unit(at index: Int, of text: [UInt8]) -> DecodedText.Unit {
        switch self {
        case .json: Self.escape(at: index, of: text)
        case .html: Self.reference(at: index, of: text)
        case .percent: Self.percentEncoded(at: index, of: text)
        case .form:
            text[index] == UInt8(ascii: "+")
                ? .byte(UInt8(ascii: " "), length: 1) : Self.percentEncoded(at: index, of: text)
        case .lines: .nothing(length: 1)
        }
    }

    private static func percentEncoded(at index: Int, of text: [UInt8]) -> DecodedText.Unit {
        switch hexadecimal(index + 1, 2, of: text) {
        case .value(let value): .byte(UInt8(value), length: 3)
        case .none: .plain
        case .cut: .cut
        }
    }

    private static func escape(at index: Int, of text: [UInt8]) -> DecodedText.Unit {
        guard index + 1 < text.count else { return .cut }
        switch text[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"):
            return .byte(text[index + 1], length: 2)
        case UInt8(ascii: "b"): return .byte(0x08, length: 2)
        case UInt8(ascii: "t"): return .byte(0x09, length: 2)
        case UInt8(ascii: "n"): return .byte(0x0A, length: 2)
        case UInt8(ascii: "f"): return .byte(0x0C, length: 2)
        case UInt8(ascii: "r"): return .byte(0x0D, length: 2)
        case UInt8(ascii: "u"): return codeUnit(at: index, of: text)
        default: return .plain
        }
    }

    /// Reads `\uXXXX`, or two of them that form a surrogate pair.
    private static func codeUnit(at index: Int, of text: [UInt8]) -> DecodedText.Unit {
        let first: UInt32
        switch hexadecimal(index + 2, 4, of: text) {
        case .value(let value): first = value
        case .none: return .plain
        case .cut: return .cut
        }
        if let scalar = Unicode.Scalar(first) { return .scalar(scalar, length: 6) }
        guard first < 0xDC00 else { return .plain }
        for (place, byte) in [(index + 6, UInt8(ascii: "\\")), (index + 7, UInt8(ascii: "u"))] {
            guard place < text.count else { return .cut }
            guard text[place] == byte else { return .plain }
        }
        switch hexadecimal(index + 8, 4, of: text) {
        case .value(let second):
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { return .plain }
            return .scalar(scalar, length: 12)
        case .none: return .plain
        case .cut: return .cut
        }
    }

    private enum Digits {
        case value(UInt32)
        case none
        case cut
    }

    private static func hexadecimal(_ start: Int, _ count: Int, of text: [UInt8]) -> Digits {
        var value: UInt32 = 0
        for place in start..<start + count {
            guard place < text.count else { return .cut }
            guard let digit = text[place].hexDigitValue else { return .none }
            value = value << 4 | UInt32(digit)
        }
        return .value(value)
    }

    /// Reads `&name;`, `&#1;` or `&#x1;`.
    private static func reference(at index: Int, of text: [UInt8]) -> DecodedText.Unit {
        // A reference has at most 16 bytes; leading zeros of a number count.
        let limit = min(index + 16, text.count)
        guard let end = text[index..<limit].firstIndex(of: UInt8(ascii: ";")) else {
            let mayGoOn = text[(index + 1)..<limit].allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "#") }
            return limit == text.count && mayGoOn ? .cut : .plain
        }
        let name = String(decoding: text[(index + 1)..<end], as: UTF8.self)
        let length = end - index + 1
        guard name.hasPrefix("#") else { return names[name].map { .scalar($0, length: length) } ?? .plain }
        let digits = name.dropFirst()
        let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap(Unicode.Scalar.init).map { .scalar($0, length: length) } ?? .plain
    }

    private static let names: [String: Unicode.Scalar] = {
        var names: [String: Unicode.Scalar] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        for (place, name) in latin1.split(whereSeparator: \.isWhitespace).enumerated() {
            names[String(name)] = Unicode.Scalar(UInt8(0xA0 + place))
        }
        return names
    }()

    /// The names of the characters from U+00A0 to U+00FF, in order.
    private static let latin1 = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr
        deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest
        Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml
        ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig
        agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml
        eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
        """
}
