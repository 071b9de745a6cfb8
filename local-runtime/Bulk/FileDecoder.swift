/// How the text of a file is encoded.
package enum FileEncoding: String, CaseIterable, Sendable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case windows1252 = "windows-1252"
}

/// Decodes the bytes of a file to UTF-8, as they come. Bytes that are invalid in the file's encoding become the byte
/// 0xFF, which never occurs in UTF-8, so that the row with it is refused.
struct FileDecoder {
    /// Nil until the first two bytes have come.
    private var encoding: FileEncoding?
    /// Bytes that cannot be decoded before the next ones have come.
    private var held: [UInt8] = []
    private var highSurrogate: UInt16?

    /// - Parameter encoding: nil to find it from the file's beginning: a byte order mark, or a NUL in one of the first
    ///   two bytes, means UTF-16; everything else counts as UTF-8.
    init(_ encoding: FileEncoding?) {
        self.encoding = encoding
    }

    /// Whether the file has an encoding that only spreadsheets and the like use.
    var isOfSpreadsheet: Bool { encoding.map { $0 != .utf8 } ?? false }

    mutating func decode(_ bytes: [UInt8]) -> [UInt8] {
        if encoding == .utf8 { return bytes }
        held += bytes
        if encoding == nil {
            guard held.count >= 2 else { return [] }
            encoding =
                switch (held[0], held[1]) {
                case (0xFF, 0xFE), (1..., 0): .utf16LittleEndian
                case (0xFE, 0xFF), (0, 1...): .utf16BigEndian
                default: .utf8
                }
        }
        return flush()
    }

    /// The rest of the text at the end of the file.
    mutating func finish() -> [UInt8] {
        if encoding == nil { encoding = .utf8 }
        var text = flush()
        if !held.isEmpty || highSurrogate != nil { text.append(FileDecoder.noText) }
        return text
    }

    private static let noText: UInt8 = 0xFF

    private mutating func flush() -> [UInt8] {
        var text: [UInt8] = []
        switch encoding {
        case .utf8?, nil:
            swap(&text, &held)
        case .windows1252?:
            text.reserveCapacity(held.count)
            for byte in held { FileDecoder.append(FileDecoder.windows1252(byte), to: &text) }
            held = []
        case .utf16LittleEndian?, .utf16BigEndian?:
            let (low, high) = encoding == .utf16LittleEndian ? (0, 1) : (1, 0)
            text.reserveCapacity(held.count)
            for index in stride(from: 0, to: held.count - 1, by: 2) {
                append(UInt16(held[index + high]) << 8 | UInt16(held[index + low]), to: &text)
            }
            held.removeFirst(held.count & ~1)
        }
        return text
    }

    private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
                return FileDecoder.append(Unicode.Scalar(value), to: &text)
            }
            text.append(FileDecoder.noText)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else {
            FileDecoder.append(Unicode.Scalar(unit), to: &text)
        }
    }

    private static func append(_ scalar: Unicode.Scalar?, to text: inout [UInt8]) {
        guard let scalar else { return text.append(noText) }
        text += UTF8.encode(scalar).map(Array.init) ?? [noText]
    }

    /// The WHATWG's index windows-1252 without the five bytes that have no character.
    private static func windows1252(_ byte: UInt8) -> Unicode.Scalar? {
        guard (0x80..<0xA0).contains(byte) else { return Unicode.Scalar(byte) }
        let value = table[Int(byte) - 0x80]
        return value == 0 ? nil : Unicode.Scalar(value)
    }

    private static let table: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
