import Text

/// Names the mistakes that people and programs often make. None of them is accepted.
extension JSONParser {
    /// The comma between two members.
    struct Separator {
        let position: Int
        /// The end of the value before it.
        let valueEnd: Int
    }

    /// The fault where a value was expected.
    func noValue() -> ParserFault {
        if let foreignCharacter { return foreignCharacter }
        switch peek {
        case nil: return fault("ends where a value is expected", at: position)
        case UInt8(ascii: ","): return fault("has an extra comma", at: position)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return fault("has no value before a closing bracket", at: position)
        case UInt8(ascii: "+"): return fault("has a number with a plus sign", at: position, advice: "leave it out")
        case UInt8(ascii: "."):
            return fault(
                "has a number that begins with a decimal point", at: position, advice: "write a zero before it: 0.5")
        default: return noWord()
        }
    }

    /// The fault where a member's name was expected. `separator` is the comma before it, if there is one. `start` is
    /// the index at which the object begins.
    func noName(after separator: Separator?, in start: Int) -> ParserFault {
        if let foreignCharacter { return foreignCharacter }
        switch peek {
        case nil: return end(of: start)
        case UInt8(ascii: "}"):
            return fault("has an extra comma before a closing brace", at: separator?.position ?? position)
        case UInt8(ascii: ","): return fault("has an extra comma", at: position)
        case let byte? where isDigit(byte):
            guard let separator, separator.position == separator.valueEnd, position == separator.position + 1,
                isDigit(bytes[separator.valueEnd - 1])
            else { break }
            return fault(
                "has a comma inside a number", at: separator.position,
                advice: "decimals follow a point, and thousands have no separator: 1234.50")
        default: break
        }
        return isWordByte(peek)
            ? fault("has a name without double quotes", at: position)
            : fault("has no member name where one is expected", at: position)
    }

    /// The fault where a colon was expected after a member's name.
    func noColon(in start: Int) -> ParserFault {
        if let foreignCharacter { return foreignCharacter }
        switch peek {
        case nil: return end(of: start)
        case UInt8(ascii: "="): return fault("has = where a colon is expected", at: position)
        case UInt8(ascii: ","), UInt8(ascii: "}"): return fault("has a name without a value", at: position)
        default: return fault("has no colon after a name", at: position)
        }
    }

    /// The fault where a comma or the end of the container was expected after a value. `valueEnd` is the index at which
    /// the value ended. `start` is the index at which the container begins.
    func noSeparator(behind valueEnd: Int, in start: Int) -> ParserFault {
        if let foreignCharacter { return foreignCharacter }
        guard let byte = peek else { return end(of: start) }
        if position == valueEnd, isDigit(bytes[valueEnd - 1]), byte != UInt8(ascii: "\"") {
            let keeping = "a value that must stay as it is written needs double quotes"
            if isDigit(byte) { return fault("has a number with a leading zero", at: valueEnd - 1, advice: keeping) }
            if isWordByte(byte) || !byte.isPunctuation {
                return fault("has text directly after a number", at: position, advice: keeping)
            }
        }
        if position == valueEnd, bytes[valueEnd - 1] == UInt8(ascii: "\""), isWordByte(byte) {
            return fault(
                "has text directly after a closing quote", at: position,
                advice: #"a double quote inside a string is written \""#)
        }
        switch byte {
        case UInt8(ascii: ";"): return fault("has a semicolon where a comma is expected", at: position)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            return fault("has a closing bracket that does not match the opening one", at: position)
        case UInt8(ascii: ":"): return fault("has a colon where a comma is expected", at: position)
        default: return fault("has no comma where one is expected", at: position)
        }
    }

    /// The fault of text after a complete document.
    func trailingText() -> ParserFault {
        switch peek {
        case UInt8(ascii: "{"): fault("has another object after the value", at: position)
        case UInt8(ascii: ","): fault("has a comma after the value", at: position)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): fault("has an extra closing bracket after the value", at: position)
        default: fault("has text after the value", at: position)
        }
    }

    func noDigit() -> ParserFault {
        if bytes[position...].starts(with: "Inf".utf8) { return notFinite() }
        return peek == UInt8(ascii: ".")
            ? fault(
                "has a number that begins with a decimal point", at: position, advice: "write a zero before it: 0.5")
            : fault("has a number that lacks a digit", at: position)
    }

    func controlCharacter(_ byte: UInt8, at position: Int) -> ParserFault {
        let (name, advice): (String, String) =
            switch byte {
            case 0x0A, 0x0D: (" (a line break)", #"write \n, or close the string before it"#)
            case 0x09: (" (a tab)", #"write \t"#)
            default: ("", "leave it out")
            }
        return fault("has an unescaped control character\(name) in a string", at: position, advice: advice)
    }

    /// `quote` is the index at which the string begins.
    func endOfString(_ quote: Int) -> ParserFault {
        fault("ends before the string that begins there is closed", at: quote, advice: "a double quote is missing")
    }

    /// The fault of a text that ends inside a container. `start` is the index at which the container begins.
    private func end(of start: Int) -> ParserFault {
        bytes[start] == UInt8(ascii: "{")
            ? fault("ends before the object that begins there is closed", at: start, advice: "a } is missing")
            : fault("ends before the list that begins there is closed", at: start, advice: "a ] is missing")
    }

    /// The fault of the next character if it may occur only in strings; nil otherwise.
    private var foreignCharacter: ParserFault? {
        guard let byte = peek else { return nil }
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "`"):
            return fault("has a single quote", at: position, advice: #"names and texts need double quotes (")"#)
        case UInt8(ascii: "#"): return comment
        case UInt8(ascii: "/"): return comment
        case UInt8(ascii: "\\"):
            return fault("has a backslash outside a string", at: position, advice: #"quotes are plain ones (")"#)
        case 0..<0x20, 0x7F: return fault("has a control character outside a string", at: position)
        case 0..<0x80: return nil
        default: break
        }
        guard let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first else {
            return nil
        }
        if JSONParser.typographicQuotes.contains(scalar) {
            return fault("has a typographic quote", at: position, advice: #"JSON allows only the plain one (")"#)
        }
        return WhiteSpace.contains(scalar)
            ? fault(
                "has white space that JSON does not allow (U+\(scalar.hexadecimal))", at: position,
                advice: "leave it out")
            : nil
    }

    private var comment: ParserFault {
        fault("has a comment, or a text without double quotes", at: position, advice: "JSON has no comments")
    }

    private func noWord() -> ParserFault {
        let word = String(decoding: bytes[position...].prefix(16).prefix { isWordByte($0) }, as: UTF8.self)
        if let right = JSONParser.literals[word.lowercased()] {
            return fault("has \(word) where JSON has \(right)", at: position)
        }
        if ["nan", "inf", "infinity"].contains(word.lowercased()) { return notFinite() }
        return isWordByte(peek)
            ? fault("has a text without double quotes", at: position)
            : fault("has no JSON value where one is expected", at: position)
    }

    private func notFinite() -> ParserFault {
        fault("has NaN or Infinity, which JSON does not allow", at: position, advice: "write null, or leave it out")
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether the byte may be part of a word: a letter, a digit, `_`, `$`, or part of a character beyond ASCII.
    private func isWordByte(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
    }

    /// JSON's three words, which may be in another case, and the words that other languages use for them.
    private static let literals = [
        "true": "true", "false": "false", "null": "null", "none": "null", "nil": "null", "undefined": "null",
    ]

    private static let typographicQuotes = Set("‘’‚‛“”„‟«»‹›′″＂＇´".unicodeScalars)
}

extension UInt8 {
    /// Whether the byte ends or separates values.
    fileprivate var isPunctuation: Bool { "}],:;\"".utf8.contains(self) }
}
