import Text

extension JSONParser {
    mutating func string() throws(ParserFault) -> String {
        let quote = position
        position += 1
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if consume(UInt8(ascii: "\""), skippingSpace: false) {
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: unescaped, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &unescaped, in: quote)
            case 0..<0x20: throw controlCharacter(byte, at: position - 1)
            default: unescaped.append(byte)
            }
        }
        throw endOfString(quote)
    }

    /// `quote` is the index at which the string begins.
    mutating func escape(into unescaped: inout [UInt8], in quote: Int) throws(ParserFault) {
        guard let byte = peek else { throw endOfString(quote) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: Character(try escapedScalar()).utf8)
        default:
            throw fault("has an unknown escape", at: position - 2, advice: #"a backslash itself is written \\"#)
        }
    }

    mutating func escapedScalar() throws(ParserFault) -> Unicode.Scalar {
        let start = position - 2
        var code = try fourHexDigits()
        if code == 0 { throw fault("has a NUL character (\\u0000), which cannot be stored", at: start) }
        if (0xD800..<0xDC00).contains(code), consume(UInt8(ascii: "\\"), skippingSpace: false),
            consume(UInt8(ascii: "u"), skippingSpace: false)
        {
            let low = try fourHexDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw fault("has a lone surrogate", at: start) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("has a lone surrogate", at: start) }
        return scalar
    }

    mutating func fourHexDigits() throws(ParserFault) -> UInt32 {
        let end = position + 4
        guard end <= bytes.count, bytes[position..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
        else { throw fault("has no four hexadecimal digits after \\u", at: position) }
        position = end
        return code
    }

    mutating func number() throws(ParserFault) -> JSON {
        let start = position
        _ = consume(UInt8(ascii: "-"), skippingSpace: false)
        if !consume(UInt8(ascii: "0"), skippingSpace: false) { try digits() }
        if consume(UInt8(ascii: "."), skippingSpace: false) { try digits() }
        if consume(UInt8(ascii: "e"), skippingSpace: false) || consume(UInt8(ascii: "E"), skippingSpace: false) {
            if !consume(UInt8(ascii: "+"), skippingSpace: false) {
                _ = consume(UInt8(ascii: "-"), skippingSpace: false)
            }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    mutating func digits() throws(ParserFault) {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        if position == start { throw noDigit() }
    }

    mutating func literal(_ word: String, _ value: JSON) throws(ParserFault) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw noValue() }
        position += word.utf8.count
        return value
    }
}
