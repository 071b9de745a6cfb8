extension JSONParser {
    /// The members of one object with the byte ranges of their values. Everything is checked except duplicate names.
    mutating func outline() throws(ParserFault) -> [(name: String, place: Range<Int>)] {
        try checkEncoding()
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw fault("is not an object", at: position) }
        var members: [(name: String, place: Range<Int>)] = []
        try eachMember { parser, name throws(ParserFault) in
            let start = parser.position
            try parser.skipValue()
            members.append((name, start..<parser.position))
        }
        skipSpace()
        guard position == bytes.count else { throw somethingBehind() }
        return members
    }

    mutating func skipValue() throws(ParserFault) {
        switch peek {
        case UInt8(ascii: "{"): try eachMember { parser, _ throws(ParserFault) in try parser.skipValue() }
        case UInt8(ascii: "["): try eachItem { parser throws(ParserFault) in try parser.skipValue() }
        case UInt8(ascii: "\""): try skipString()
        default: _ = try value()
        }
    }

    mutating func skipString() throws(ParserFault) {
        let start = position
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if take(UInt8(ascii: "\""), skippingSpace: false) { return }
        position = start
        _ = try string()
    }
}
